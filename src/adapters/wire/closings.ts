import type { ToldEnd } from '../../application/chat-response.js';

/** What a client makes of the codes of a Closing; of all others it knows only what the server says. */
const CLOSINGS: Record<string, ToldEnd> = {
  STOPPING: 'SERVER_STOPPING',
  REPLACED: 'REPLACED',
  KICKED: 'PUT_OUT',
  BANNED: 'PUT_OUT',
  TOO_SLOW: 'BEHIND',
  SILENT: 'LOST',
  CUT_OFF: 'LOST',
};

/** The end that a code of a Closing tells of; nothing for one that this version does not know. */
export function endOf(code: string): ToldEnd | undefined {
  return Object.hasOwn(CLOSINGS, code) ? CLOSINGS[code] : undefined;
}
