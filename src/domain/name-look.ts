import { CONFUSABLES } from './unicode-names.js';

/** Made for the first name that is compared: it takes a millisecond, and a client compares none. */
let confusables: ReadonlyMap<string, string> | undefined;

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

/** UTS #39, section 4, with two additions: w is as good as vv, and punctuation counts only between letters, once. */
function skeletonOf(text: string): string {
  confusables ??= readConfusables();
  let skeleton = '';
  for (const letter of text.normalize('NFD').replace(/\p{Default_Ignorable_Code_Point}/gu, ''))
    skeleton += confusables.get(letter) ?? (letter < '\u0080' ? letter : lookOfParts(letter, confusables));
  const plain = skeleton.normalize('NFD').replace(/(\p{P})\p{P}+/gu, '$1');
  return plain.replace(/^\p{P}+|\p{P}+$/gu, '') || plain;
}

function lookOfParts(letter: string, looks: ReadonlyMap<string, string>): string {
  const parts = letter.normalize('NFKD');
  return parts === letter ? letter : Array.from(parts, part => looks.get(part) ?? part).join('');
}

function lowerButL(text: string): string {
  return text.replace(/[^L]+/g, part => part.toLowerCase());
}

function readConfusables(): Map<string, string> {
  const looks = new Map([['w', 'vv']]);
  for (const entry of CONFUSABLES.split(' ')) {
    const [letters = '', look = ''] = entry.split('=');
    for (const letter of letters) looks.set(letter, look.replaceAll('w', 'vv'));
  }
  return looks;
}
