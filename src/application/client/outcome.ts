import type { JoinAnswer } from './client-connection.js';
import type { Trouble } from './client-event.js';
import type { LinkEnd } from './ports.js';

/** How a stay in the room can end. */
export type Ending =
  | { readonly type: 'LEFT' | 'LOST' | 'SERVER_STOPPING' | 'NOT_CHATTY' | 'NO_ANSWER' | 'REPLACED' }
  | { readonly type: 'NAME_TAKEN'; readonly username: string }
  /** `aboutName`: under another name it might be otherwise. */
  | { readonly type: 'NOT_ADMITTED'; readonly reason: string; readonly aboutName?: true };

/** Why one is not in the room any more, or not yet again; and the end that it is, at once or if it stays so. */
export interface Setback {
  readonly trouble: Trouble;
  readonly end?: Ending;
}

const ENDINGS = {
  CLOSED: 'LEFT',
  LOST: 'LOST',
  SERVER_STOPPING: 'SERVER_STOPPING',
  NOT_CHATTY: 'NOT_CHATTY',
  NOT_UNDERSTOOD: 'NOT_CHATTY',
  REPLACED: 'REPLACED',
} as const satisfies Record<LinkEnd, Ending['type']>;

/** What an answer is to somebody who has never been in the room. */
export function endOf(answer: JoinAnswer, username: string): Ending {
  switch (answer.type) {
    case 'NAME_TAKEN':
      return { type: 'NAME_TAKEN', username };
    case 'REFUSED':
      return {
        type: 'NOT_ADMITTED',
        reason: answer.reason,
        ...(isAboutName(answer) && { aboutName: true }),
      };
    case 'ENDED':
      return { type: ENDINGS[answer.end] };
    case 'NO_ANSWER':
      return { type: 'NO_ANSWER' };
    default:
      return { type: 'NOT_CHATTY' };
  }
}

/** What an answer is to somebody who has been in the room and wants to come back. */
export function setbackOf(answer: JoinAnswer, username: string): Setback {
  switch (answer.type) {
    case 'NAME_TAKEN':
      return { trouble: { code: 'NAME_TAKEN' }, end: endOf(answer, username) };
    case 'REFUSED': {
      const trouble = { code: 'SERVER_SAYS', notice: answer.reason } as const;
      // A disk that is full may have room again; a name that is not allowed any more stays so.
      return { trouble, ...(isAboutName(answer) && { end: endOf(answer, username) }) };
    }
    case 'ENDED':
      if (answer.end === 'REPLACED') return { trouble: { code: 'LOST' }, end: { type: 'REPLACED' } };
      return { trouble: { code: answer.end === 'SERVER_STOPPING' ? 'SERVER_STOPPING' : 'LOST' } };
    case 'STRANGE':
      return { trouble: { code: 'NOT_CHATTY' } };
    case 'NOT_REACHED':
      return { trouble: { code: 'NOT_REACHED' } };
    default:
      return { trouble: { code: 'NO_ANSWER' } };
  }
}

function isAboutName({ code }: { code?: string }): boolean {
  return code?.startsWith('NAME_') === true;
}

/** How it ends when nobody comes back after this. */
export function endAfter({ code }: Trouble): Ending {
  return { type: code === 'SERVER_STOPPING' ? 'SERVER_STOPPING' : 'LOST' };
}
