import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { KnownSession } from '../../application/server/room-log-ports.js';
import type { MessageSent, Recorded, UserJoined, UserLeft } from '../../domain/events.js';

// How events are mapped to the columns of the tables. See schema.ts

export type Row = Record<string, SQLOutputValue>;

/**
 * The column `kind` of messages, and of presence. To either, VERIFIED is added when the name was proven: a column of its
 * own would not be there in older files, which are read as they are.
 */
const SAID = 0;
const ACTION = 1;
const NOTICE = 2;
const KINDS = [undefined, 'action', 'notice'] as const;
const JOINED = 1;
const LEFT = 2;
const VERIFIED = 4;

const COLUMNS = ['seq', 'at', 'kind', 'session', 'username', 'content', 'ref'] as const;
export const MESSAGE_COLUMNS = COLUMNS.join(', ');
export const INSERTED_COLUMNS = `${MESSAGE_COLUMNS}, owner`;
export const MESSAGE_VALUES = `(${COLUMNS.map(() => '?').join(', ')}, ?)`;

/** A row of presence in the shape of a message: what it does not have is NULL, and so is its own `kind`. */
export const PRESENCE_AS_MESSAGE = COLUMNS.map(column =>
  ['seq', 'at', 'session', 'username'].includes(column) ? column : 'NULL',
).join(', ');

export const PRESENCE_COLUMNS = 'seq, at, kind, session, username';

/** In the order of INSERTED_COLUMNS. */
export function messageValues(message: Recorded<MessageSent>): SQLInputValue[] {
  const { seq, at, kind, session, username, content, ref = null, owner = null, verified } = message;
  const said = kind === undefined ? SAID : KINDS.indexOf(kind);
  return [seq, at, verified ? said + VERIFIED : said, session, username, content, ref, owner];
}

export function toMessage({ seq, at, kind, session, username, content, ref }: Row): Recorded<MessageSent> {
  return {
    type: 'MessageSent',
    session: Number(session),
    username: String(username),
    content: String(content),
    ...(kindOf(kind) === ACTION && { kind: 'action' }),
    ...(kindOf(kind) === NOTICE && { kind: 'notice' }),
    ...(typeof ref === 'string' && { ref }),
    ...verifiedIn(kind),
    seq: Number(seq),
    at: Number(at),
  };
}

/** In the order of PRESENCE_COLUMNS. */
export function presenceValues(event: Recorded<UserJoined | UserLeft>): SQLInputValue[] {
  const { type, seq, at, session, username } = event;
  const came = type === 'UserJoined' ? JOINED : LEFT;
  return [seq, at, type === 'UserJoined' && event.verified ? came + VERIFIED : came, session, username];
}

/** @param row of MESSAGE_COLUMNS, and `presence`: the kind of a join or leave, NULL for a message */
export function toEvent(row: Row): Recorded {
  if (row.presence === null) return toMessage(row);
  const { session, username, seq, at } = row;
  const event = { session: Number(session), username: String(username), seq: Number(seq), at: Number(at) };
  return kindOf(row.presence) === JOINED
    ? { type: 'UserJoined', ...event, ...verifiedIn(row.presence) }
    : { type: 'UserLeft', ...event };
}

function kindOf(kind: SQLOutputValue | undefined): number {
  return Number(kind) & ~VERIFIED;
}

function verifiedIn(kind: SQLOutputValue | undefined): { verified?: true } {
  return Number(kind) & VERIFIED ? { verified: true } : {};
}

export function toSession({ session, username, resume_key, key }: Row): KnownSession {
  return {
    session: Number(session),
    username: String(username),
    ...(typeof resume_key === 'string' && { resumeKey: resume_key }),
    ...(typeof key === 'string' && { key }),
  };
}
