/** Scripts that put no spaces between words, as members of a character class with the flag `v`. */
export const UNSPACED_SCRIPTS = [
  'Hani',
  'Hira',
  'Kana',
  'Bopo',
  'Thai',
  'Laoo',
  'Khmr',
  'Mymr',
  'Tale',
  'Talu',
  'Lana',
]
  .map(script => `\\p{scx=${script}}`)
  .join('');
