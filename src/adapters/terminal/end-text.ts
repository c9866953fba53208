import type { ConversationOutcome } from '../../application/client/conversation.js';
import { holderText } from '../view/holder-text.js';
import { visible } from '../view/visible.js';
import { notProvenText } from './key-text.js';

/** Exit codes of the client's commands, beside 0 (done) and 1 (a fault). */
export const EXIT = {
  USAGE: 2,
  CANNOT_CONNECT: 3,
  NAME_TAKEN: 4,
  NOT_ADMITTED: 5,
  LOST: 6,
  SERVER_STOPPING: 7,
  NOT_CHATTY: 8,
  REPLACED: 9,
  NOT_ALL_DONE: 10,
  INTERRUPTED: 11,
  OTHER_KEY: 12,
} as const;

/** What was wrong, and the exit code. */
export type ExitMessage = readonly [text: string, exit: number];

/** What is said at the end, if anything is. A program is not told what a person could do next. */
export function explain(end: ConversationOutcome, isPerson = true): ExitMessage | undefined {
  const { unsent = 0, unsure = 0, failed = 0 } = end;
  if (end.type === 'LEFT' && unsent + unsure === 0) {
    if (failed > 0) return [failedText(failed), EXIT.NOT_ALL_DONE];
    return end.isInterrupted ? ['Interrupted before the end of the input.', EXIT.INTERRUPTED] : undefined;
  }
  const [text, hint, exit] = explainType(end);
  const next = isPerson ? hint : programHint(end);
  const rest = [unsent > 0 && unsentText(unsent), unsure > 0 && unsureText(unsure)];
  return [[text, next, ...rest].filter(Boolean).join(' '), exit];
}

/** What a program's operator can do. */
function programHint(end: ConversationOutcome): string {
  if (end.type === 'HERE_ALREADY' || (end.type === 'NAME_TAKEN' && end.holder !== undefined))
    return 'Give it more time with --retry-for.';
  return end.type === 'NAME_TAKEN' ? 'Choose another one with --username.' : '';
}

function explainType(end: ConversationOutcome): [text: string, hint: string, exit: number] {
  switch (end.type) {
    case 'LEFT':
      return ['You left before everything was sent.', '', EXIT.LOST];
    case 'NO_USERNAME':
      return ['A username is needed: chatty client:join USERNAME', '', EXIT.USAGE];
    case 'NAME_TAKEN':
      return end.holder === undefined
        ? [`The name ${visible(end.username)} is taken.`, 'Join under another one.', EXIT.NAME_TAKEN]
        : [holderText(end.username, end.holder), 'Join again then.', EXIT.NAME_TAKEN];
    case 'HERE_ALREADY':
      return [
        `You are here as ${visible(end.username)} already, in another program on this machine (process ${end.pid}).`,
        'Leave there first.',
        EXIT.NAME_TAKEN,
      ];
    case 'NOT_PROVEN':
      return [notProvenText(end), '', EXIT.NOT_ADMITTED];
    case 'NOT_ADMITTED':
      return [visible(end.reason), '', EXIT.NOT_ADMITTED];
    case 'LOST':
      return ['The connection was lost.', 'Join again to go on.', EXIT.LOST];
    case 'SERVER_STOPPING':
      return ['The server has stopped.', 'Join again when it is back.', EXIT.SERVER_STOPPING];
    case 'NO_ANSWER':
      return [
        'The server accepts the connection but does not answer: it is suspended or busy, or it is not a chatty server.',
        'Try again later, or check --host and --port.',
        EXIT.NOT_CHATTY,
      ];
    case 'NOT_CHATTY':
      return ['What answers there is not a chatty server. Check --host and --port.', '', EXIT.NOT_CHATTY];
    case 'REPLACED':
      return ['You joined from somewhere else, and your session continues there.', '', EXIT.REPLACED];
  }
}

function failedText(failed: number): string {
  return failed === 1
    ? '1 line failed. The reason is above.'
    : `${failed} lines failed. The reasons are above.`;
}

function unsureText(unsure: number): string {
  const them = unsure === 1 ? '1 message' : `${unsure} messages`;
  return `${them} may not have arrived: the connection was lost, and this server does not confirm messages.`;
}

function unsentText(unsent: number): string {
  return unsent === 1 ? '1 message is unsent.' : `${unsent} messages are unsent.`;
}
