import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { KnownSession } from '../../application/server/ports.js';
import type { MessageSent, Recorded, UserJoined, UserLeft } from '../../domain/events.js';

// How events are mapped to the columns of the tables. See schema.ts

export type Row = Record<string, SQLOutputValue>;

/** The column `kind` of messages, and of presence. */
const SAID = 0;
const ACTION = 1;
const JOINED = 1;
const LEFT = 2;

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
  const { seq, at, kind, session, username, content, ref = null, owner = null } = message;
  return [seq, at, kind === 'action' ? ACTION : SAID, session, username, content, ref, owner];
}

export function toMessage({ seq, at, kind, session, username, content, ref }: Row): Recorded<MessageSent> {
  return {
    type: 'MessageSent',
    session: Number(session),
    username: String(username),
    content: String(content),
    ...(kind === ACTION && { kind: 'action' }),
    ...(typeof ref === 'string' && { ref }),
    seq: Number(seq),
    at: Number(at),
  };
}

/** In the order of PRESENCE_COLUMNS. */
export function presenceValues(event: Recorded<UserJoined | UserLeft>): SQLInputValue[] {
  const { type, seq, at, session, username } = event;
  return [seq, at, type === 'UserJoined' ? JOINED : LEFT, session, username];
}

/** @param row of MESSAGE_COLUMNS, and `presence`: the kind of a join or leave, NULL for a message */
export function toEvent(row: Row): Recorded {
  if (row.presence === null) return toMessage(row);
  return {
    type: row.presence === JOINED ? 'UserJoined' : 'UserLeft',
    session: Number(row.session),
    username: String(row.username),
    seq: Number(row.seq),
    at: Number(row.at),
  };
}

export function toSession({ session, username, resume_key }: Row): KnownSession {
  return {
    session: Number(session),
    username: String(username),
    ...(typeof resume_key === 'string' && { resumeKey: resume_key }),
  };
}
