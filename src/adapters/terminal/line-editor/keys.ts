import { latinKeyOf } from './keyboard-layouts.js';

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
  | { readonly type: 'position'; readonly row: number; readonly column: number }
  /** Whether the person now looks at this terminal. */
  | { readonly type: 'focus'; readonly isHere: boolean };

/** What a person typed, without what the terminal says by itself. */
export type Typed = Exclude<Key, { type: 'position' | 'focus' }>;

export interface Modifiers {
  readonly shift?: boolean;
  readonly alt?: boolean;
  readonly ctrl?: boolean;
}

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
/** Code points of kitty's protocol and of xterm's modifyOtherKeys that are keys and not text. */
const CODES: Record<number, string> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
  57414: 'enter',
  ...Object.fromEntries(
    ['left', 'right', 'up', 'down', 'pageup', 'pagedown', 'home', 'end', 'insert', 'delete'].map(
      (name, index) => [57417 + index, name],
    ),
  ),
};
/** Kitty's code points of the number pad that are text. */
const FIRST_OF_PAD = 57399;
const PAD = '0123456789./*-+';

/** What a control character stands for; nothing where that is no key. */
export function controlKey(char: string): string | undefined {
  const code = char.charCodeAt(0);
  return CONTROLS[char] ?? (code < 0x1b ? `ctrl-${String.fromCharCode(code + 0x60)}` : undefined);
}

/** The key of a sequence by its last character, and by its number where that is `~`. */
export function sequenceKey(final: string, number: number): string | undefined {
  return final === '~' ? TILDES[number] : FINALS[final];
}

/** A key that is told by its code point, by that of the Latin key at its place, too, where the terminal says so. */
export function codedKey(code: number, base: number | undefined, modifiers: Modifiers): Key | undefined {
  const named = CODES[code];
  const char = charOf(code);
  const isHeld = modifiers.ctrl === true || modifiers.alt === true;
  if (named === 'space' && !isHeld) return { type: 'text', text: ' ' };
  if (named !== undefined) return { type: 'key', name: withModifiers(named, modifiers) };
  if (char === undefined) return undefined;
  if (!isHeld) return { type: 'text', text: modifiers.shift ? char.toUpperCase() : char };
  const latin = base === undefined ? undefined : charOf(base);
  return { type: 'key', name: withModifiers(isAscii(char) ? char : (latin ?? char), modifiers) };
}

/** The name of a key that is held together with others. */
export function withModifiers(name: string, { shift, alt, ctrl }: Modifiers): string {
  if (name === 'enter' && (shift || alt || ctrl)) return 'newline';
  const held = name.startsWith('ctrl-') ? 'ctrl-' : name.startsWith('shift-') ? 'shift-' : '';
  const prefixes = [
    ctrl || held === 'ctrl-' ? 'ctrl-' : '',
    alt ? 'alt-' : '',
    shift || held === 'shift-' ? 'shift-' : '',
  ];
  const key = name.slice(held.length).toLowerCase();
  return `${prefixes.join('')}${ctrl || alt ? latinKeyOf(key) : key}`;
}

/** C0, DEL and C1. */
export function isControl(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

function charOf(code: number): string | undefined {
  if (code >= FIRST_OF_PAD && code < FIRST_OF_PAD + PAD.length) return PAD[code - FIRST_OF_PAD];
  // From U+E000 on, kitty's protocol has keys that are no characters, up to the end of the private use area.
  const isText = code > 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xf8ff);
  const char = isText ? String.fromCodePoint(code) : '';
  return char === '' || isControl(char) ? undefined : char;
}

function isAscii(char: string): boolean {
  return char < '\u0080';
}
