import { StringDecoder } from 'node:string_decoder';

/**
 * What a person did at the keyboard. Names are `enter`, `left`, `a`, with `ctrl-`, `alt-` and `shift-` before
 * them in this order; `newline` is Enter with any of these.
 */
export type Key =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'key'; readonly name: string }
  /** As it came, control characters and all; `cut` when it was longer than what is held. */
  | { readonly type: 'paste'; readonly text: string; readonly cut: boolean }
  /** The terminal's answer to `ESC[6n`, counted from 1. */
  | { readonly type: 'position'; readonly row: number; readonly column: number };

/** Longest paste that is held, in UTF-16 units. */
export const MAX_PASTE_LENGTH = 1024 * 1024;
/** Longest sequence that is looked at, in UTF-16 units; of a longer one only the end is looked for. */
const MAX_SEQUENCE_LENGTH = 64;
/** Longest answer of a terminal (OSC, DCS) that is waited out, in UTF-16 units. */
const MAX_ANSWER_LENGTH = 4096;

const ESC = '\u001b';
const PASTE_END = `${ESC}[201~`;

const CONTROLS: Record<string, string> = {
  '\u0000': 'ctrl-space',
  '\b': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\r': 'enter',
  '\u001c': 'ctrl-\\',
  '\u001d': 'ctrl-]',
  '\u001e': 'ctrl-^',
  '\u001f': 'ctrl-_',
  '\u007f': 'backspace',
};
const FINALS: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  M: 'enter',
  Z: 'shift-tab',
};
const TILDES: Record<number, string> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};
/** Code points of kitty's protocol and of xterm's modifyOtherKeys that are not themselves. */
const CODES: Record<number, string> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
  57414: 'enter',
};
/** The event of kitty's protocol for letting go of a key. */
const RELEASED = 3;

type State = 'text' | 'escape' | 'csi' | 'ss3' | 'function' | 'answer' | 'paste';

/**
 * Turns what a terminal sends into keys, wherever it is cut: between sequences, within them, or within a
 * character. What is not understood is swallowed; what is held is bounded.
 */
export class KeyDecoder {
  readonly #utf8 = new StringDecoder('utf8');
  #state: State = 'text';
  #alt = false;
  #sequence = '';
  #afterReturn = false;
  #pasted = '';
  #pasteTail = '';
  #keys: Key[] = [];
  #text = '';

  /** Whether a lone Escape may be what was pressed: if nothing follows soon, call `flush`. */
  get awaitsEscape(): boolean {
    return this.#state === 'escape';
  }

  /** Whether a paste has begun and not ended: if nothing follows for long, call `flush`. */
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

  /** Nothing more is coming: a lone ESC was the key, a paste without its end is all there is of it. */
  flush(): Key[] {
    if (this.#state === 'escape') this.#key('escape');
    if (this.#state === 'paste') {
      this.#keep(this.#pasteTail);
      this.#endPaste();
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
      const name = controlName(char);
      if (name !== undefined) this.#key(name);
    } else this.#text += char;
  }

  #takeEscape(char: string): void {
    if (char === ESC) {
      if (this.#alt) this.#key('escape');
      this.#alt = true;
    } else if (char === '[') this.#enter('csi');
    else if (char === 'O') this.#enter('ss3');
    else if (/[\]PX^_]/.test(char)) this.#enter('answer');
    else {
      this.#reset();
      const name = isControl(char) ? controlName(char) : char === ' ' ? 'space' : char;
      if (name !== undefined) this.#key(withModifiers(name, { alt: true }));
    }
  }

  #takeCsi(char: string): void {
    if (isControl(char)) this.#takeAnew(char);
    else if (this.#sequence === '' && char === '[') {
      this.#enter('function'); // F1 to F5 of the Linux console
    } else if (char < '@' || char > '~') {
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
    const modifiers = modifiersOf(second, alt);
    if (final === '~' && first === 200) this.#enter('paste');
    else if (final === 'R' && fields.length === 2) {
      this.#endText();
      this.#keys.push({ type: 'position', row: first, column: second });
    } else if (Number(fields[1]?.split(':')[1]) !== RELEASED) {
      if (final === 'u') this.#code(first, modifiers);
      else if (final === '~' && first === 27) this.#code(third, modifiers);
      else {
        const name = final === '~' ? TILDES[first] : FINALS[final];
        if (name !== undefined) this.#key(withModifiers(name, modifiers));
      }
    }
  }

  /** A key told by its code point. */
  #code(code: number, modifiers: Modifiers): void {
    const isOwn = code > 0x20 && code < 0xe000 && !(code >= 0xd800) && !isControl(String.fromCodePoint(code));
    const name = CODES[code] ?? (isOwn ? String.fromCodePoint(code) : undefined);
    if (name === undefined) return;
    const isPlain = !modifiers.ctrl && !modifiers.alt;
    if (isPlain && name === 'space') this.#text += ' ';
    else if (!isPlain || CODES[code] !== undefined) this.#key(withModifiers(name, modifiers));
    else this.#text += modifiers.shift ? name.toUpperCase() : name;
  }

  #takeSs3(char: string): void {
    const [name, alt] = [FINALS[char], this.#alt];
    if (isControl(char)) this.#takeAnew(char);
    else this.#reset();
    if (name !== undefined) this.#key(withModifiers(name, { alt }));
  }

  /** OSC, DCS and their like end with BEL or ESC \; an ESC alone is taken for the beginning of that. */
  #takeAnswer(char: string): void {
    this.#sequence = (this.#sequence + char).slice(-MAX_ANSWER_LENGTH);
    if (
      char === '\u0007' ||
      this.#sequence.endsWith(`${ESC}\\`) ||
      this.#sequence.length >= MAX_ANSWER_LENGTH
    )
      this.#reset();
  }

  /** A control character ends a sequence before its end, and counts itself. */
  #takeAnew(char: string): void {
    this.#reset();
    this.#takeText(char);
  }

  /** Takes `text` from `at` up to the end of the paste, and answers where that is. */
  #takePaste(text: string, at: number): number {
    const held = this.#pasteTail;
    const all = held + text.slice(at);
    const end = all.indexOf(PASTE_END);
    if (end >= 0) {
      this.#keep(all.slice(0, end));
      this.#endPaste();
      return at + end + PASTE_END.length - held.length;
    }
    const certain = Math.max(0, all.length - PASTE_END.length + 1);
    this.#keep(all.slice(0, certain));
    this.#pasteTail = all.slice(certain);
    return text.length;
  }

  #keep(text: string): void {
    if (this.#pasted.length <= MAX_PASTE_LENGTH)
      this.#pasted += text.slice(0, MAX_PASTE_LENGTH + 1 - this.#pasted.length);
  }

  #endPaste(): void {
    const cut = this.#pasted.length > MAX_PASTE_LENGTH;
    this.#keys.push({ type: 'paste', text: this.#pasted.slice(0, MAX_PASTE_LENGTH), cut });
    this.#pasted = '';
    this.#pasteTail = '';
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

  #key(name: string): void {
    this.#endText();
    this.#keys.push({ type: 'key', name });
  }

  #endText(): void {
    if (this.#text !== '') this.#keys.push({ type: 'text', text: this.#text });
    this.#text = '';
  }
}

interface Modifiers {
  readonly shift?: boolean;
  readonly alt?: boolean;
  readonly ctrl?: boolean;
}

/** Modifiers as xterm and kitty count them: one more than the sum of Shift 1, Alt 2, Ctrl 4. */
function modifiersOf(parameter: number, alt: boolean): Modifiers {
  const bits = Math.max(0, parameter - 1);
  return { shift: (bits & 1) !== 0, alt: alt || (bits & 2) !== 0, ctrl: (bits & 4) !== 0 };
}

function withModifiers(name: string, { shift, alt, ctrl }: Modifiers): string {
  if (name === 'enter' && (shift || alt || ctrl)) return 'newline';
  const held = name.startsWith('ctrl-') ? 'ctrl-' : name.startsWith('shift-') ? 'shift-' : '';
  const prefixes = [
    ctrl || held === 'ctrl-' ? 'ctrl-' : '',
    alt ? 'alt-' : '',
    shift || held === 'shift-' ? 'shift-' : '',
  ];
  return `${prefixes.join('')}${name.slice(held.length).toLowerCase()}`;
}

/** C0, DEL and C1. */
function isControl(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

function controlName(char: string): string | undefined {
  const code = char.charCodeAt(0);
  return CONTROLS[char] ?? (code < 0x1b ? `ctrl-${String.fromCharCode(code + 0x60)}` : undefined);
}
