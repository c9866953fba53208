import { StringDecoder } from 'node:string_decoder';
import { BracketedPaste } from './bracketed-paste.js';
import {
  codedKey,
  controlKey,
  isControl,
  type Key,
  type Modifiers,
  sequenceKey,
  withModifiers,
} from './keys.js';

/** Longest sequence that is looked at, in UTF-16 units; of a longer one only the end is looked for. */
const MAX_SEQUENCE_LENGTH = 64;
/** Longest answer of a terminal (OSC, DCS) that is waited out, in UTF-16 units. */
const MAX_ANSWER_LENGTH = 4096;

/** How long the rest of what has begun may take, in milliseconds, before it is what it is. */
const ESCAPE_MS = 50;
const SEQUENCE_MS = 250;
const PASTE_MS = 3000;

const ESC = '\u001b';

/** What introduces the answers that terminals give, and how these begin; anything else after it is Alt with a key. */
const ANSWERS: Record<string, RegExp> = { ']': /\d/, P: /[\d;>|!$+?=]/, _: /G/ };
/** The event of kitty's protocol for letting go of a key. */
const RELEASED = 3;
/** Held together with these (Super, Hyper, Meta), a key is for the desktop. */
const NOT_OURS = 8 | 16 | 32;

type State = 'text' | 'escape' | 'csi' | 'ss3' | 'function' | 'answer' | 'paste';

/**
 * Turns what a terminal sends into keys, wherever it is cut: between sequences, within them, or within a
 * character. What is not understood is swallowed; what is held is bounded, and held for a moment only.
 */
export class KeyDecoder {
  readonly #utf8 = new StringDecoder('utf8');
  readonly #paste = new BracketedPaste();
  #state: State = 'text';
  #alt = false;
  /** What an answer began with. */
  #introducer = '';
  #sequence = '';
  #afterReturn = false;
  #keys: Key[] = [];
  #text = '';

  /** How long to wait for more before `flush` tells what it was, in milliseconds; nothing when nothing is held. */
  get patience(): number | undefined {
    switch (this.#state) {
      case 'text':
        return undefined;
      case 'escape':
        return ESCAPE_MS;
      case 'paste':
        return PASTE_MS;
      default:
        return SEQUENCE_MS;
    }
  }

  get isPasting(): boolean {
    return this.#state === 'paste';
  }

  push(chunk: Uint8Array): Key[] {
    const text = this.#utf8.write(chunk);
    for (let at = 0; at < text.length; ) {
      if (this.#state === 'paste') at = this.#takePaste(text, at);
      else {
        const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
        at += char.length;
        this.#take(char);
      }
    }
    return this.#taken();
  }

  /** Nothing more is coming: what has begun a sequence was a key, a paste without its end is all there is of it. */
  flush(): Key[] {
    if (this.#state === 'escape') this.#key('escape');
    else if (this.#state === 'paste') this.#endPaste();
    else if (this.#state === 'answer') {
      // No answer takes so long: somebody has pressed Alt with a key, and gone on typing.
      const [introducer, typed] = [this.#introducer, this.#sequence.replaceAll(ESC, '')];
      this.#reset();
      this.#pressed(introducer, { alt: true });
      this.#text += typed;
    } else if (this.#sequence === '') {
      const pressed = { text: '', csi: '[', ss3: 'O', function: '' }[this.#state];
      if (pressed !== '') this.#pressed(pressed, { alt: true });
    }
    this.#reset();
    return this.#taken();
  }

  #taken(): Key[] {
    this.#endText();
    return this.#keys.splice(0);
  }

  #take(char: string): void {
    if (this.#state === 'escape') this.#takeEscape(char);
    else if (this.#state === 'csi') this.#takeCsi(char);
    else if (this.#state === 'ss3') this.#takeSs3(char);
    else if (this.#state === 'answer') this.#takeAnswer(char);
    else if (this.#state === 'function') this.#reset();
    else this.#takeText(char);
  }

  #takeText(char: string): void {
    const afterReturn = this.#afterReturn;
    this.#afterReturn = char === '\r';
    if (char === '\n' && afterReturn) return;
    if (char === ESC) {
      this.#alt = false;
      this.#enter('escape');
    } else if (isControl(char)) {
      const name = controlKey(char);
      if (name !== undefined) this.#key(name);
    } else this.#text += char;
  }

  #takeEscape(char: string): void {
    if (char === ESC) {
      if (this.#alt) this.#key('escape');
      this.#alt = true;
    } else if (char === '[') this.#enter('csi');
    else if (char === 'O') this.#enter('ss3');
    else if (char in ANSWERS) {
      this.#enter('answer');
      this.#introducer = char;
    } else {
      this.#reset();
      const name = isControl(char) ? controlKey(char) : char === ' ' ? 'space' : char;
      this.#pressed(name, { alt: true });
    }
  }

  #takeCsi(char: string): void {
    if (isControl(char) || char > '~') this.#takeAnew(char);
    else if (this.#sequence === '' && char === '[') {
      this.#enter('function'); // F1 to F5 of the Linux console
    } else if (char < '@') {
      if (this.#sequence.length <= MAX_SEQUENCE_LENGTH) this.#sequence += char;
    } else {
      const [sequence, alt] = [this.#sequence, this.#alt];
      this.#reset();
      if (/^[\d;:]*$/.test(sequence) && sequence.length <= MAX_SEQUENCE_LENGTH)
        this.#csi(sequence, char, alt);
    }
  }

  #csi(sequence: string, final: string, alt: boolean): void {
    const fields = sequence.split(';');
    const [first = 1, second = 1, third = 0] = fields.map(field => Number.parseInt(field, 10) || 1);
    if (final === '~' && first === 200) this.#enter('paste');
    else if (final === 'R' && fields.length === 2)
      this.#give({ type: 'position', row: first, column: second });
    else if (sequence === '' && (final === 'I' || final === 'O'))
      this.#give({ type: 'focus', isHere: final === 'I' });
    else if (Number(fields[1]?.split(':')[1]) !== RELEASED && ((second - 1) & NOT_OURS) === 0) {
      const modifiers = modifiersOf(second, alt);
      const base = Number(fields[0]?.split(':')[2]) || undefined;
      if (final === 'u') this.#give(codedKey(first, base, modifiers));
      else if (final === '~' && first === 27) this.#give(codedKey(third, undefined, modifiers));
      else this.#pressed(sequenceKey(final, first), modifiers);
    }
  }

  #takeSs3(char: string): void {
    const [name, alt] = [sequenceKey(char, 0), this.#alt];
    if (isControl(char)) this.#takeAnew(char);
    else this.#reset();
    this.#pressed(name, { alt });
  }

  /** OSC, DCS and APC end with BEL or ESC \; no answer has another control character in it. */
  #takeAnswer(char: string): void {
    const isClosing = this.#sequence.endsWith(ESC);
    if (this.#sequence === '' && ANSWERS[this.#introducer]?.test(char) !== true) {
      this.#pressed(this.#introducer, { alt: true });
      this.#takeAnew(char);
    } else if (isClosing && char !== '\\') {
      this.#takeAnew(ESC);
      this.#take(char);
    } else if (char === '\u0007' || isClosing || this.#sequence.length >= MAX_ANSWER_LENGTH) this.#reset();
    else if (isControl(char) && char !== ESC) this.#takeAnew(char);
    else this.#sequence += char;
  }

  /** What ends a sequence before its end counts itself. */
  #takeAnew(char: string): void {
    this.#reset();
    this.#takeText(char);
  }

  /** Takes `text` from `at` up to the end of the paste, and answers where that is. */
  #takePaste(text: string, at: number): number {
    const end = this.#paste.take(text, at);
    if (end !== undefined) this.#endPaste();
    return end ?? text.length;
  }

  #endPaste(): void {
    this.#keys.push(this.#paste.finish());
    this.#reset();
  }

  #enter(state: State): void {
    this.#endText();
    this.#state = state;
    this.#sequence = '';
  }

  #reset(): void {
    this.#state = 'text';
    this.#sequence = '';
    this.#alt = false;
  }

  #pressed(name: string | undefined, modifiers: Modifiers): void {
    if (name !== undefined) this.#key(withModifiers(name, modifiers));
  }

  #key(name: string): void {
    this.#give({ type: 'key', name });
  }

  #give(key: Key | undefined): void {
    if (key?.type === 'text') this.#text += key.text;
    else if (key !== undefined) {
      this.#endText();
      this.#keys.push(key);
    }
  }

  #endText(): void {
    if (this.#text !== '') this.#keys.push({ type: 'text', text: this.#text });
    this.#text = '';
  }
}

/** Modifiers as xterm and kitty count them: one more than the sum of Shift 1, Alt 2, Ctrl 4 (and others). */
function modifiersOf(parameter: number, alt: boolean): Modifiers {
  const bits = Math.max(0, parameter - 1);
  return { shift: (bits & 1) !== 0, alt: alt || (bits & 2) !== 0, ctrl: (bits & 4) !== 0 };
}
