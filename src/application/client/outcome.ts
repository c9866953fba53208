import type { Absence } from '../../domain/refusal.js';
import type { JoinAnswer, NotProven } from './client-connection.js';
import type { Outage } from './client-event.js';
import type { LinkEnd } from './ports.js';

/** Ends of a stay that need no words of the server. */
type WordlessOutcome = 'LEFT' | 'LOST' | 'SERVER_STOPPING' | 'NOT_CHATTY' | 'REPLACED';

/** How a stay in the room can end. */
export type Outcome =
  | { readonly type: WordlessOutcome | 'NO_ANSWER' }
  /** `holder`: whoever has the name is away. */
  | { readonly type: 'NAME_TAKEN'; readonly username: string; readonly holder?: Absence }
  /** Another program of the same person, on this machine, speaks under the name. */
  | { readonly type: 'HERE_ALREADY'; readonly username: string; readonly pid: number }
  | NotProven
  /** `aboutName`: under another name it might be otherwise. */
  | { readonly type: 'NOT_ADMITTED'; readonly reason: string; readonly aboutName?: true };

/** Why a member is out of the room; and the end that this leads to, at once or if it stays so. */
export interface Disconnection {
  readonly outage: Outage;
  readonly end?: Outcome;
  /** The server has said that it is of no use to try again earlier; in milliseconds. */
  readonly retryAfterMs?: number;
}

/** What each end of a link is: how the stay ends if it goes no further, and the outage until it does. */
const ENDS: Record<LinkEnd, readonly [outcome: WordlessOutcome, outage: Outage['code']]> = {
  CLOSED: ['LEFT', 'LOST'],
  LOST: ['LOST', 'LOST'],
  BEHIND: ['LOST', 'BEHIND'],
  SERVER_STOPPING: ['SERVER_STOPPING', 'SERVER_STOPPING'],
  NOT_CHATTY: ['NOT_CHATTY', 'LOST'],
  NOT_UNDERSTOOD: ['NOT_CHATTY', 'LOST'],
  REPLACED: ['REPLACED', 'LOST'],
  PUT_OUT: ['LOST', 'SERVER_SAYS'],
};

/** How a stay ends that never began, by the answer to its Join. */
export function outcomeOf(answer: JoinAnswer, username: string): Outcome {
  switch (answer.type) {
    case 'NAME_TAKEN':
      return { type: 'NAME_TAKEN', username, ...(answer.holder && { holder: answer.holder }) };
    case 'REFUSED':
      return {
        type: 'NOT_ADMITTED',
        reason: answer.reason,
        ...(isAboutName(answer) && { aboutName: true }),
      };
    case 'ENDED':
      return { type: ENDS[answer.end][0] };
    case 'NO_ANSWER':
      return { type: 'NO_ANSWER' };
    case 'NOT_PROVEN':
      return answer;
    default:
      return { type: 'NOT_CHATTY' };
  }
}

/** Whether the server has said that it knows no such member. */
export function isNotAdmitted({ type }: Outcome): boolean {
  return ['NAME_TAKEN', 'NOT_ADMITTED', 'NOT_CHATTY', 'NOT_PROVEN'].includes(type);
}

/**
 * What a first Join is tried again for, beside a crowd that the server says is over soon: nothing, all that may pass but a name that
 * somebody else is using, or all of it.
 */
export type Patience = 'none' | 'unless taken' | 'all';

/** Whether a Join that was answered so may be answered otherwise later. */
export function mayPass(answer: JoinAnswer, patience: Patience): boolean {
  if (answer.type === 'REFUSED' && answer.code === 'TOO_MANY_JOINS') return true;
  if (patience === 'none') return false;
  if (answer.type === 'NAME_TAKEN' && patience === 'unless taken') return answer.holder !== undefined;
  if (answer.type === 'REFUSED') return !isFinal(answer) && answer.code !== 'ENCRYPTION_NEEDED';
  return answer.type === 'NAME_TAKEN' || (answer.type === 'ENDED' && answer.end === 'SERVER_STOPPING');
}

/** What the answer to a Join means to a member who wants to reconnect. */
export function disconnectionOf(answer: JoinAnswer, username: string): Disconnection {
  switch (answer.type) {
    case 'NAME_TAKEN':
      return { outage: { code: 'NAME_TAKEN' }, end: outcomeOf(answer, username) };
    case 'REFUSED': {
      const { retryAfterMs } = answer;
      const later = retryAfterMs !== undefined && { retryAfterMs };
      if (answer.code === 'TOO_MANY_JOINS') return { outage: { code: 'CROWDED' }, ...later };
      const outage = { code: 'SERVER_SAYS', notice: answer.reason } as const;
      // A disk that is full may have room again; a name that is not allowed any more stays so.
      return { outage, ...later, ...(isFinal(answer) && { end: outcomeOf(answer, username) }) };
    }
    case 'NOT_PROVEN':
      return { outage: { code: 'NOT_PROVEN' }, end: answer };
    case 'ENDED':
      return disconnectionAt(answer.end);
    case 'STRANGE':
      return { outage: { code: 'NOT_CHATTY' } };
    case 'NOT_REACHED':
      return { outage: { code: answer.code === 'OTHER_KEY' ? 'OTHER_KEY' : 'NOT_REACHED' } };
    default:
      return { outage: { code: 'NO_ANSWER' } };
  }
}

/**
 * What the end of a link means to a member. A session that continues elsewhere is not fought for.
 * @param content what the server says, where there is no known end
 * @param retryAfterMs when to come back, where the server says so
 */
export function disconnectionAt(
  end: LinkEnd | undefined,
  content = '',
  retryAfterMs?: number,
): Disconnection {
  if (end === undefined) return { outage: { code: 'SERVER_SAYS', notice: content } };
  // Somebody who was put out is not let in by trying again.
  if (end === 'PUT_OUT')
    return {
      outage: { code: 'SERVER_SAYS', notice: content },
      end: { type: 'NOT_ADMITTED', reason: content },
    };
  const [type, code] = ENDS[end];
  const later = retryAfterMs !== undefined && { retryAfterMs };
  return { outage: { code }, ...later, ...(end === 'REPLACED' && { end: { type } }) };
}

/** Whether another server of the same room may answer otherwise: no, where it is about who wants to come in. */
export function isAboutServer({ end }: Disconnection): boolean {
  return end === undefined || (end.type === 'NOT_PROVEN' && end.why === 'FOREIGN');
}

function isAboutName({ code }: { code?: string }): boolean {
  return code?.startsWith('NAME_') === true;
}

/** Whether the same client would be refused again: its name, or its key, is not the right one, or an operator keeps it out. */
function isFinal(answer: { code?: string }): boolean {
  return isAboutName(answer) || answer.code?.startsWith('KEY_') === true || answer.code === 'BANNED';
}

/** How a stay ends that is not continued after this outage. */
export function outcomeAfter({ code }: Outage): Outcome {
  return { type: code === 'SERVER_STOPPING' ? 'SERVER_STOPPING' : 'LOST' };
}
