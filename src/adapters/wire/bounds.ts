import { MAX_ANSWER } from '../../application/chat-request.js';

// What a client keeps of a response, whatever a server sends: behind this, nothing is larger than it may be.

/** Longest message, in UTF-16 units: as many as the widest settings of a server allow, and a little more. */
const MAX_MESSAGE_LENGTH = 64 * 1024;
/** Longest of all other sentences: why not, why it ends, welcome. */
const MAX_SENTENCE_LENGTH = 1000;
/** Longest name; the widest settings of a server allow half of it. */
const MAX_NAME_LENGTH = 256;
/** Longest of what only programs read: refs, codes, tokens, epochs. */
const MAX_ID_LENGTH = 512;
/** Most of a line that is not understood. */
const MAX_UNKNOWN_LENGTH = 4096;
/** Most elements of a list in one line: servers write less. */
const MAX_ELEMENTS = 5 * MAX_ANSWER;
/** How deep a response is nested at most: its body, a list, a memo, what a memo has. */
const MAX_DEPTH = 4;

/** Responses whose contents are what people have said. */
const TOLD: readonly string[] = ['Broadcast', 'History', 'Found'];
/** Members that are names, or lists of them. */
const NAMES: readonly string[] = ['username', 'users', 'away'];

/** The body of a response with nothing too large in it: texts are cut, all else that is too large is not there. */
export function boundedBody(type: string, body: unknown): unknown {
  return bounded(body, '', TOLD.includes(type) ? MAX_MESSAGE_LENGTH : MAX_SENTENCE_LENGTH, 0);
}

/** The beginning of a line that is not understood. */
export function boundedUnknown(text: string): string {
  return cut(text, MAX_UNKNOWN_LENGTH);
}

function bounded(value: unknown, name: string, maxContent: number, depth: number): unknown {
  if (typeof value === 'string') return boundedText(value, name, maxContent);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  if (depth === MAX_DEPTH) return undefined;
  if (Array.isArray(value))
    return value.slice(0, MAX_ELEMENTS).map(element => bounded(element, name, maxContent, depth + 1));
  // In place, as nobody else has it: what is of the right size, as nearly all is, costs next to nothing.
  const body = value as Record<string, unknown>;
  for (const [member, given] of Object.entries(body)) {
    const kept = bounded(given, member, maxContent, depth + 1);
    if (!Object.is(kept, given)) body[member] = kept;
  }
  return body;
}

function boundedText(text: string, name: string, maxContent: number): string | undefined {
  if (name === 'content') return cut(text, maxContent);
  if (NAMES.includes(name)) return cut(text, MAX_NAME_LENGTH);
  return text.length <= MAX_ID_LENGTH ? text : undefined;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
