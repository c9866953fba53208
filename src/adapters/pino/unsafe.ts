/** Whatever could act on a terminal, or turn the writing direction. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Each of them as `\u001b`, which in a string of JSON is the same character. */
export function escaped(text: string): string {
  return text.replace(UNSAFE, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
