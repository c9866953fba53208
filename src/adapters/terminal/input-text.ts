import { stripVTControlCharacters } from 'node:util';
import { NotText } from '../view/typed-line.js';

const BOM = '\ufeff';

/** Bytes of an input as the text they are. @param isFirst whether a byte order mark may stand before them */
export function decodeText(bytes: Buffer, isFirst: boolean): string | NotText {
  const text = bytes.toString();
  // Only a replacement character may stand for bytes that are wrong.
  if (text.includes('\ufffd') && !Buffer.from(text).equals(bytes)) return new NotText(problemOf(bytes, text));
  return isFirst && text.startsWith(BOM) ? text.slice(1) : text;
}

/** The text as people see it who look at it in a terminal: without colors, and with the line ends of Unix. */
export function plainText(text: string): string {
  const isPlain = !text.includes('\u001b') && !text.includes('\r');
  return isPlain ? text : stripVTControlCharacters(text).replace(/\r\n?/g, '\n');
}

function problemOf(bytes: Buffer, text: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return 'The input is UTF-16. Convert it to UTF-8.';
  const again = Buffer.from(text);
  let at = 0;
  while (again[at] === bytes[at]) at++;
  const wrong = bytes[at] ?? 0;
  return `Byte ${at + 1} (0x${wrong.toString(16).padStart(2, '0')}) is not UTF-8. Convert the input to UTF-8.`;
}
