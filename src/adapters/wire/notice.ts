import type { EndReason } from '../../application/server/broadcast-ports.js';
import type { Seq } from '../../domain/events.js';
import { RESERVED_USERNAMES, SERVER_USERNAME } from '../../domain/name-limits.js';
import type { Measured, Refusal, RefusalCode, RefusalDetails } from '../../domain/refusal.js';
import { DUPLICATE, encodeBroadcast, encodeDuplicate } from './basic-form.js';
import { timeText } from './change-text.js';
import { encodeClosing, encodeDuplicateAway, encodeRefused } from './extended-form.js';
import type { ProtocolErrorCode } from './protocol-error.js';

/** Every "no" and every end that is put into words; LEFT needs none, and a taken name is a Duplicate. */
export type NoticeCode = Exclude<RefusalCode, 'NAME_TAKEN'> | ProtocolErrorCode | Exclude<EndReason, 'LEFT'>;

type Sentence = string | ((measured: Measured, details: RefusalDetails) => string);

/** What people read. Clients compare these sentences too (see `isStopping`), so a change is a change of the wire. */
const SENTENCES: Record<NoticeCode, Sentence> = {
  NAME_EMPTY: 'A username cannot be empty. Choose another and join again.',
  NAME_TOO_LONG: ({ limit, actual }) =>
    `This username has ${actual} characters, ${limit} are allowed. Choose a shorter one and join again.`,
  NAME_CHARACTERS:
    "A username holds letters of languages in use, digits, emoji and _ - . ' only: no white space, nothing invisible. Choose another and join again.",
  NAME_MIXED_SCRIPTS:
    'A username keeps to one script, one that is in use today: mixtures hide look-alikes. Choose another and join again.',
  NAME_RESEMBLES: (_, { resembled }) =>
    `This username can be taken for ${resembled}, which is ${isReserved(resembled) ? 'reserved' : 'the name of somebody else'}. Choose another and join again.`,
  NAME_RESERVED: `The usernames ${RESERVED_USERNAMES.join(', ')} are reserved. Choose another and join again.`,
  NAME_CLAIMED: (_, { keyCode }) =>
    `This username belongs to somebody, who joins with a key. If it is yours, join with that key, or add this one with /key add${keyCode === undefined ? '' : ` ${keyCode}`} where you have it; the operator can replace a lost one. Otherwise choose another and join again.`,
  NAME_UNLISTED:
    'This server admits only usernames that its operator has listed. Ask the operator, or choose another and join again.',
  KEY_NEEDED: 'This takes a key: join with the one that your username has.',
  KEY_WRONG:
    'That does not prove that the key is yours: it is not signed by it, or not for this connection, this server and this username. Connect again and join.',
  KEY_FORM:
    'That is no key that can be used. Give the line that chatty client:key prints, one that begins with ssh-ed25519, or the code of ten characters that was shown where a key was refused; ECDSA and RSA keys are for joining with ssh only, sk keys cannot be used.',
  KEY_CODE:
    'No key with this code has been refused under your username in the last ten minutes. Join with it there, and give the code that you are shown then.',
  KEY_CODE_TWICE:
    'Two keys with this code have been refused under your username: one of them may be of somebody else. Give the whole key instead: the line that chatty client:key prints.',
  KEY_LIMIT: ({ limit, actual }) =>
    `Your username has ${actual} keys, ${limit} are allowed. Remove one first, with /key remove.`,
  KEY_IN_USE: 'You have joined with this very key. Remove it from another device, with another key.',
  KEY_UNKNOWN: 'Your username has no such key. /key shows which it has.',
  KEY_LISTED: 'The operator of this server keeps the list of keys. Ask the operator.',
  ALREADY_JOINED: 'You have joined already, under the name you have. Leave before you join under another.',
  NOT_JOINED: 'You have not joined yet. Join with a username first.',
  FOREIGN_NAME: 'That is not your username. You can speak and leave only as yourself.',
  MESSAGE_EMPTY: 'An empty message was not sent.',
  MESSAGE_TOO_LONG: ({ limit, actual }) =>
    `Your message was not sent: it has ${actual} bytes, ${limit} are allowed. Send it in parts.`,
  MESSAGE_CHARACTERS:
    'Your message was not sent: it holds control characters or text-direction overrides. Send it without them.',
  SEARCH_SIGNS: 'Signs cannot be searched. Search for a word, or the beginning of one.',
  DISK_FULL:
    "Not done: the server's disk is full, and nothing happens here that is not recorded. Try again later.",
  NOT_RECORDED:
    'Not done: the server cannot write its history, and nothing happens here that is not recorded. Try again later.',
  OUTCOME_UNKNOWN:
    'It is not known yet whether that is done: what keeps it does not answer. It is done as soon as it does, if it can be. Look then, before you do it again.',
  TOO_MANY_JOINS: (_, { retryAfterMs = 0 }) =>
    `Too many have come in just now. Join again in ${Math.ceil(retryAfterMs / 1000)} s.`,
  BANNED: (_, details) => `You are banned from this room${byText(details)}`,
  MUTED: (_, details) => `Your message was not sent: you are muted${byText(details)}`,
  SLOW_MODE: (_, { retryAfterMs = 0 }) =>
    `Your message was not sent: the room is in slow mode. Say it again in ${Math.ceil(retryAfterMs / 1000)} s.`,
  NOT_OPERATOR: 'Only an operator of this room can do that, who has joined with the key of one.',
  WRONG_TOKEN:
    'That is not the token that makes an operator, or it has been used. Whoever has the machine can name one: chatty server:operator NAME',
  NO_SUCH_USER: 'Nobody like that is here.',
  NO_SUCH_TARGET: 'That is no name, no address or network (192.0.2.0/24), and no key (SHA256:...).',
  NO_SUCH_MEASURE: 'There is nothing like that to lift. /bans shows what there is.',
  NO_SUCH_MESSAGE: 'There is no such message.',
  IS_OPERATOR: 'That is an operator. Take the rights away first: /dismiss NAME',
  HAS_NO_KEY: 'An operator is known by a key, and has joined with it. Ask them to join with one.',
  LINE_TOO_LONG: 'Your client sent a line that is too long. Goodbye.',
  NOT_UTF8: 'Your client sent bytes that are not UTF-8. Goodbye.',
  NOT_JSON: 'Your client sent a line that is not JSON. Goodbye.',
  UNKNOWN_COMMAND: 'Your client sent a command that this server does not know. Goodbye.',
  BAD_COMMAND: 'Your client sent a command that has not the right form. Goodbye.',
  STOPPING: 'The server is stopping. Goodbye.',
  TOO_SLOW: 'You have fallen too far behind: everything after this line is missing. Join again to go on.',
  SILENT: 'Nothing has been heard from your client for too long. Goodbye.',
  KICKED: (_, details) => `You were kicked from the room${byText(details)}`,
  REPLACED: 'Your session was taken up from elsewhere. Goodbye.',
  NOT_JOINED_IN_TIME: 'You did not join in time. Connect again and join.',
  ENCRYPTION_NEEDED:
    'This server is spoken to in plain text from its own machine only. Join with a newer chatty, which encrypts: chatty client:join NAME --to HOST:PORT',
  TOO_MANY_CONNECTIONS: 'The server is full. Try again later.',
  TOO_MANY_FROM_ADDRESS: 'There are too many connections from your address. Close some, or try again later.',
  CUT_OFF: 'This server has lost touch with the others of the room. Connect again, to this one or another.',
  FAULT: 'Something went wrong inside the server; you are disconnected. Join again to go on.',
};

export const NOTICE_CODES = Object.keys(SENTENCES) as NoticeCode[];

/** The sentence of a code; one that speaks of a limit needs what was measured, one that speaks of a name the name. */
export function noticeText(
  code: NoticeCode,
  measured: Measured = { limit: 0, actual: 0 },
  details: RefusalDetails = {},
): string {
  const sentence = SENTENCES[code];
  return typeof sentence === 'string' ? sentence : sentence(measured, details);
}

/** By whom, until when, and why. */
function byText({ by, until, reason }: RefusalDetails): string {
  const end = until === undefined ? '' : ` until ${timeText(until)}`;
  return `${by === undefined ? '' : ` by ${by}`}${end}${reason === undefined ? '.' : `: ${reason}`}`;
}

function isReserved(name: string | undefined): boolean {
  return RESERVED_USERNAMES.some(reserved => reserved === name);
}

/** What the server has to say to one client only, in the words of its form. */
export interface Notices {
  /** The answer to a command that was refused; `username` as the command had it. */
  refusal(refusal: Refusal, to: { username?: string; ref?: string }): string;
  /** The last line before hanging up; `lastSeq` is the last event that was told. */
  end(code: NoticeCode, lastSeq: Seq, about?: RefusalDetails): string;
}

/** A basic client ends at anything but the words it knows, so what is only for it is a memo from the server. */
export const basicNotices: Notices = {
  refusal: ({ code, measured, details }, { username = '' }) =>
    code === 'NAME_TAKEN' ? encodeDuplicate(username) : encodeNotice(code, measured, details),
  end: (code, _, about) => encodeNotice(code, undefined, about),
};

export const extendedNotices: Notices = {
  refusal: ({ code, measured, details }, { username = '', ref }) => {
    if (code !== 'NAME_TAKEN')
      return encodeRefused({
        ref,
        code,
        content: noticeText(code, measured, details),
        retryAfterMs: details.retryAfterMs,
      });
    const { holder } = details;
    return holder === undefined
      ? encodeDuplicate(username)
      : encodeDuplicateAway(username, DUPLICATE, holder);
  },
  end: (code, seq, about) =>
    encodeClosing({
      code,
      content: noticeText(code, undefined, about),
      seq,
      retryAfterMs: about?.retryAfterMs,
    }),
};

export function encodeNotice(code: NoticeCode, measured?: Measured, details?: RefusalDetails): string {
  return encodeBroadcast(SERVER_USERNAME, noticeText(code, measured, details));
}

/** Whether a memo is the server's word that it stops on purpose. */
export function isStopping(memo: { username: string; content: string }): boolean {
  return memo.username === SERVER_USERNAME && memo.content === noticeText('STOPPING');
}
