import { CONFUSABLES } from './unicode-names.js';

/** Made for the first name that is compared: it takes a millisecond, and a client compares none. */
let confusables: ReadonlyMap<string, string> | undefined;

/**
 * What the table does not have: two letters for one, letters that are emoji, small Greek ones, kana beside ideographs and
 * beside each other, vowels in pieces, Burmese letters, the high hamza.
 */
const OUR_LOOKS =
  'w=vv κ=k ω=vv 🅰=A 🅱=B 🅾=O ⭕=O ❌=x ✖=x 🆗=OK 🆎=AB 🆑=CL 🆔=ID 🆖=NG 🆘=SOS 🆚=VS ' +
  'り=リ へ=ヘ 千=チ 三=ミ 才=オ 七=セ 匕=ヒ 乂=メ 又=ヌ ー=- ' +
  'ओ=अो औ=अौ ઓ=અો ઔ=અૌ આ=અા એ=અે ಆ=ಅಾ ಓ=ಒೋ ఆ=అా ஆ=அா ආ=අා ඈ=ඇා ' +
  'ဉ=ဥ ဈ=စျ ၇=ရ \u0674=\u0654';

/** What the table has for one, and every reader of the script tells apart: Hebrew ן and ו, Thai ต and ด, Khmer ត and ដ. */
const TOLD_APART = 'ןตត';

/** Syllables of Hangul stay whole. */
const NO_HANGUL = /[^\uac00-\ud7a3]+/gu;

const RIGHT_TO_LEFT = /[\p{sc=Hebr}\p{sc=Arab}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}\p{sc=Adlm}]/u;

/** A name that joins is looked at several times in a row. */
let latest: { readonly name: string; readonly looks: ReadonlySet<string> } = { name: '', looks: new Set() };

/**
 * How a name looks, in each way of writing it that people take for the same: as it stands, in capitals, in small
 * letters. Two names that have one of these in common can be taken for each other. A look is a skeleton of UTS #39: no text to show
 * to anybody.
 *
 * Capitals count where they stand: `carI` looks like `carl`, and `Cari` does not. An L in a name that has small letters as well
 * stays an L, so that Ian and Lan can be here together.
 */
export function looksOf(name: string): ReadonlySet<string> {
  if (latest.name !== name) latest = { name, looks: makeLooks(name) };
  return latest.looks;
}

function makeLooks(name: string): ReadonlySet<string> {
  const typed = skeletonOf(name);
  const isCapitals = name === name.toUpperCase();
  return new Set([
    typed,
    skeletonOf(name.toUpperCase()),
    isCapitals ? skeletonOf(name.toLowerCase()) : skeletonOf(lowerButL(name)),
    isCapitals ? typed : lowerButL(typed),
  ]);
}

/**
 * UTS #39, section 4, with some additions (`OUR_LOOKS`). Punctuation counts only between letters, and once; so does a mark
 * that a letter has twice. Where letters go from right to left, digits stand beside them as if they came last.
 */
function skeletonOf(text: string): string {
  confusables ??= readConfusables();
  const looks = confusables;
  let skeleton = '';
  for (const letter of lettersOf(withoutEdges(text)))
    skeleton += looks.get(letter) ?? (letter < '\u0080' ? letter : lookOfParts(letter, looks));
  return skeleton.replace(NO_HANGUL, part => part.normalize('NFD')).replace(/(\p{M})\1+/gu, '$1');
}

/** In pieces, but for the syllables of Hangul: two of the same letters are two names. */
function lettersOf(text: string): string {
  const pieces = text
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}|\u20e3/gu, '')
    .replace(/[^\uac00-\ud7a3]+/g, part => part.normalize('NFD'));
  if (!RIGHT_TO_LEFT.test(pieces)) return pieces;
  return pieces.replace(/\p{Nd}+/gu, '') + (pieces.match(/\p{Nd}+/gu) ?? []).join('');
}

function withoutEdges(text: string): string {
  const single = text.replace(/(\p{P})\p{P}+/gu, '$1');
  return single.replace(/^\p{P}+|\p{P}+$/gu, '') || single;
}

function lookOfParts(letter: string, looks: ReadonlyMap<string, string>): string {
  const parts = letter.replace(NO_HANGUL, part => part.normalize('NFKD'));
  return parts === letter ? letter : Array.from(parts, part => looks.get(part) ?? part).join('');
}

function lowerButL(text: string): string {
  return text.replace(/[^L]+/g, part => part.toLowerCase());
}

function readConfusables(): Map<string, string> {
  const looks = new Map<string, string>();
  for (const entry of CONFUSABLES.split(' ')) {
    const [letters = '', look = ''] = entry.split('=');
    for (const letter of letters) looks.set(letter, look.replaceAll('w', 'vv'));
  }
  for (const letter of TOLD_APART) looks.delete(letter);
  for (const entry of OUR_LOOKS.split(' ')) {
    const [letters = '', look = ''] = entry.split('=');
    for (const letter of letters) looks.set(letter, looks.get(look) ?? look);
  }
  return looks;
}
