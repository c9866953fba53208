import type { Rejection, SendReport } from '../../application/client/send-once.js';
import { visible } from '../view/visible.js';
import { EXIT, type ExitMessage, explain } from './end-text.js';

const SPLIT_HINT = 'With --split it is sent in parts.';

/** What went wrong with what was to be sent, if anything did. */
export function judge({ end, complete, said, rejected, rejection }: SendReport): ExitMessage | undefined {
  const unsettled = explain(end, false);
  if (unsettled !== undefined) return unsettled;
  if (!complete) return ['Interrupted before everything was sent.', EXIT.INTERRUPTED];
  if (rejection === undefined) return undefined;
  const count = said === 1 ? '' : `${rejected} of ${said} messages were not accepted. The first: `;
  return [`${count}${rejectionText(rejection)}`, EXIT.NOT_ALL_DONE];
}

/** A line that is not text, by its number, and why. */
export type UnreadLine = readonly [line: number, problem: string];

/** The same of what could not be read. */
export function unreadText(unread: readonly UnreadLine[]): ExitMessage | undefined {
  const [first] = unread;
  if (first === undefined) return undefined;
  const which = unread.length === 1 ? `Line ${first[0]} was` : `${unread.length} lines were`;
  const where = unread.length === 1 ? '' : `Line ${first[0]}: `;
  return [`${which} not sent. ${where}${first[1]}`, EXIT.NOT_ALL_DONE];
}

function rejectionText(rejection: Rejection): string {
  if (rejection.type === 'REFUSED')
    return visible(rejection.reason) + (rejection.isTooLong ? ` ${SPLIT_HINT}` : '');
  const { actual, limit } = rejection;
  return `Your message was not sent: it makes a line of ${actual} bytes, and a server reads ${limit}. ${SPLIT_HINT}`;
}
