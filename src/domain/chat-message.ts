import { Refusal } from './refusal.js';

/** Longest message, in bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 4096;

/**
 * Never part of a message: C0 but for the tab and the line feed, DEL, C1, and the bidirectional embeddings, overrides
 * and isolates, with which a message could paint outside its own lines.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Of every platform: Windows, old Macs, and mainframes. */
const LINE_ENDS = /\r\n?|\u0085/g;

/** What nobody would see: white space, format characters and fillers; some signs for numbers count as format characters. */
const BLANK =
  /^[[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]--[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]]*$/v;

/** All that its author gives a message; what a Send, an event and a memo have in common. */
export interface MessageBody {
  readonly content: string;
  /** Something that the user does rather than says: `carl waves`. Absent for what is simply said. */
  readonly kind?: 'action';
}

/** The message a user sends: one line of text, or several, that obeys the rules. */
export class ChatMessage {
  private constructor(readonly content: string) {}

  /** @throws {Refusal} MESSAGE_EMPTY, MESSAGE_TOO_LONG or MESSAGE_CHARACTERS */
  static parse(given: string, maxBytes: number = MAX_MESSAGE_BYTES): ChatMessage {
    const content = given.replace(LINE_ENDS, '\n');
    // A UTF-16 unit takes at most three bytes, so most messages need no counting.
    if (content.length * 3 > maxBytes) {
      const actual = utf8Bytes(content);
      if (actual > maxBytes) throw new Refusal('MESSAGE_TOO_LONG', { limit: maxBytes, actual });
    }
    if (FORBIDDEN.test(content) || !content.isWellFormed()) throw new Refusal('MESSAGE_CHARACTERS');
    if (BLANK.test(content)) throw new Refusal('MESSAGE_EMPTY');
    return new ChatMessage(content);
  }
}

/** Bytes that `text` takes in UTF-8 (RFC 3629); the domain has no Buffer to ask. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;
    else bytes += 2; // half of a surrogate pair, which takes four
  }
  return bytes;
}
