import type { ChatMemo } from '../../../application/chat-response.js';
import type { ClientEvent } from '../../../application/client/client-event.js';

/** What a program is told: one object, whose `type` says which others it has. Table: docs/json.md */
export type JsonEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Why a line of the input was not done, and what to do about it. */
export const ERRORS = {
  NOT_UTF8: 'This line is not UTF-8; `problem` says where.',
  NOT_JSON:
    'This line begins with { but is not JSON. Write a command such as {"Send":{"content":"hi"}}; a message that begins with { is sent in the same way.',
  NOT_A_COMMAND:
    'This is not one of the commands Send, Leave, Who, History, Search, Keys, AddKey, RemoveKey, Moderate and Bans, or its form is wrong. See docs/json.md.',
  NOTHING_TO_SEND: 'There is nothing to send: the message is empty.',
  TOO_LONG: 'The message takes more bytes on the wire than are allowed. Send it in parts.',
  NOT_OFFERED: 'This server is an older one, and does not answer such questions.',
  NO_ANSWER: 'The server gave no answer. Ask again.',
  NOT_VERIFIED: 'Your name is not proven here, so it has no keys to see or to change.',
  NOT_CONNECTED: 'There is no connection at present. Ask again after an event of the type back.',
  HERE_ALREADY: 'You are in the room under this name already, in another program. End that one first.',
  LOG_ENDED: 'The file of --log cannot be written any more. What follows is not in it.',
  NAME_REFUSED: 'The username is refused. Join under another one.',
} as const;

type ErrorCode = keyof typeof ERRORS;

/** What a program is told of an event; nothing for what only people need. Members without a value are left out by JSON itself. */
export function jsonEventOf(event: ClientEvent): JsonEvent | undefined {
  switch (event.type) {
    case 'NewServer':
      return {
        type: 'newserver',
        pin: event.pin,
        address: event.address,
        kept: event.isUnwritten ? false : undefined,
      };
    case 'OtherKey':
      return { type: 'otherkey', address: event.address, pin: event.pin, given: event.isGiven };
    case 'Welcome': {
      const { username, verified, content, topic, users, count, maxMessageBytes, resumed, gap } = event;
      const about = { content, topic, users, count, maxMessageBytes };
      return { type: 'welcome', username, verified, ...about, resumed, gap, address: event.address };
    }
    case 'Memo':
      return memoEvent(event);
    case 'Earlier':
      return { type: 'earlier', messages: event.memos.map(messageOf) };
    case 'Pending':
      return { type: 'pending', content: event.content, kind: event.kind ?? 'message' };
    case 'Accepted':
      return { type: 'accepted', content: event.content, at: event.at, unsent: event.unsent };
    case 'Delayed':
      return { type: 'delayed', ms: event.ms };
    case 'Refused':
      return { type: 'refused', reason: event.reason, content: event.content };
    case 'TooLong':
      return error('TOO_LONG', { content: event.content, limit: event.limit, actual: event.actual });
    case 'Reconnecting':
      return {
        type: 'reconnecting',
        code: event.outage.code,
        reason: event.outage.notice,
        inMs: event.inMs,
        unsent: event.unsent,
        address: event.address,
      };
    case 'Reconnected':
      return {
        type: 'back',
        resumed: event.resumed,
        extended: event.extended,
        gap: event.gap,
        count: event.count,
        verified: event.verified,
        address: event.address,
      };
    case 'Unproven':
      return { type: 'unproven', asked: event.asked, reached: event.reached };
    case 'Replayed':
      return { type: 'caughtup', missed: event.missed };
    case 'Leaving':
      return { type: 'leaving', unsent: event.unsent };
    case 'Users':
      return { type: 'users', users: event.users, away: event.away, verified: event.verified };
    case 'Keys':
      return { type: 'keys', username: event.username, keys: event.keys, own: event.own };
    case 'Moderated': {
      const { type: _, ...done } = event;
      return { type: 'moderated', ...done };
    }
    case 'Bans':
      return { type: 'bans', measures: event.measures, count: event.count };
    case 'History':
      return { type: 'history', messages: event.memos.map(messageOf) };
    case 'Found':
      return { type: 'found', messages: event.memos.map(messageOf), more: event.more };
    case 'Unanswered':
      return error(event.why, { asked: event.asked });
    case 'NothingToSend':
      return error('NOTHING_TO_SEND');
    case 'NameRefused':
      return error('NAME_REFUSED', { username: event.username, reason: event.reason, ...event.holder });
    case 'HereAlready':
      return error('HERE_ALREADY', { username: event.username, pid: event.pid });
    case 'LogEnded':
      return error('LOG_ENDED', { file: event.file, problem: event.problem });
    case 'UnknownResponse':
      return { type: 'unknown', text: event.text };
    case 'Lagging':
    case 'NotAway':
    case 'Queued':
    case 'OutboxFull': // for who is there; a program waits
    case 'NothingMore':
      return undefined;
  }
}

/** @param more what it is about */
export function error(code: ErrorCode, more: Record<string, unknown> = {}): JsonEvent {
  return { type: 'error', code, message: ERRORS[code], ...more };
}

function memoEvent(memo: ChatMemo): JsonEvent {
  const { username, seq, at, kind } = memo;
  if (kind === 'joined') return { type: kind, username, verified: memo.verified, seq, at };
  if (kind === 'notice') return { type: kind, content: memo.content, change: memo.change, seq, at };
  if (kind === 'left') return { type: kind, username, seq, at };
  return { type: 'message', ...messageOf(memo) };
}

/** `kind` is action for what somebody does, and otherwise message, also where the server does not say. */
function messageOf(memo: ChatMemo): Record<string, unknown> {
  const { username, verified, content, seq, at, kind = 'message' } = memo;
  return { username, verified, content, seq, at, kind };
}
