import type { MessageSent, Seq, UserJoined, UserLeft } from '../../../domain/events.js';
import type { Origin, SessionId } from '../../../domain/session.js';

// What servers append to the journal of their room.

/** Names one life of a server in the room: a server that was taken for dead, and is not, takes another one. */
export type Incarnation = string;

/** The connection of a client: where it comes from, and its number among those of this client. */
export interface ClientConnection {
  readonly attempt: number;
  readonly origin: Origin;
}

export type JoinItem = UserJoined & {
  readonly [K in keyof ClientConnection]?: ClientConnection[K] | undefined;
};

/** `was` is given by a server under a new name: it holds only if the client was last connected to it under this earlier one. */
export type LeaveItem = UserLeft & { readonly was?: Incarnation };

/**
 * What a server asks of the room. It has happened when the fold of the entries before it allows it, which is the same on
 * every server.
 */
export type Item =
  | JoinItem
  | MessageSent
  | LeaveItem
  /** The server speaks for the session from now on: its client has connected to it with this number. */
  | ({ readonly type: 'SessionTaken'; readonly session: SessionId } & ClientConnection)
  /** The connection of a session is gone, or is there again; said by the server that speaks for it, and waits so long. */
  | {
      readonly type: 'SessionAbsent';
      readonly session: SessionId;
      readonly isAway: boolean;
      readonly waitMs?: number | undefined;
    }
  /** The message goes out of the history for good. */
  | { readonly type: 'MessageErased'; readonly seq: Seq }
  /** The first item of an incarnation, alone: the server goes by these rules, and waits so long for clients of others. */
  | {
      readonly type: 'ServerUp';
      readonly rules: string;
      readonly name: string;
      readonly waitMs?: number | undefined;
    }
  /** An incarnation is over, one's own or another one. */
  | { readonly type: 'ServerDown'; readonly incarnation: Incarnation }
  /** The journal has lost what came after `upTo` in `lost`, and that is accepted. */
  | { readonly type: 'EpochBegun'; readonly epoch: string; readonly lost: string; readonly upTo: Seq };

/** All that a server asks in one turn of its event loop. */
export interface Entry {
  readonly by: Incarnation;
  /** Counts the entries of the incarnation, from 0 on. Those that come out of turn are void, and are appended again. */
  readonly n: number;
  readonly items: readonly Item[];
}

/** @param items as JSON */
export function encodeEntry(by: Incarnation, n: number, items: readonly string[]): string {
  return `{"by":${JSON.stringify(by)},"n":${n},"items":[${items.join(',')}]}`;
}

/** Nothing for what no server of chatty has appended. Its items may be anything: see `isItem`. */
export function decodeEntry(
  text: string,
): (Omit<Entry, 'items'> & { readonly items: readonly unknown[] }) | undefined {
  try {
    const { by, n, items }: Entry = JSON.parse(text);
    return isText(by) && isCount(n) && Array.isArray(items) ? { by, n, items } : undefined;
  } catch {
    return undefined;
  }
}

/** The same entry with nothing left of what a message said; nothing when it is in another one. */
export function withoutMessage(text: string, isMeant: (message: MessageSent) => boolean): string | undefined {
  const entry = decodeEntry(text);
  if (entry === undefined) return undefined;
  const at = entry.items.findIndex(item => isItem(item) && item.type === 'MessageSent' && isMeant(item));
  if (at === -1) return undefined;
  const items = entry.items.map((item, place) =>
    place === at ? Object.assign({}, item, { content: '' }) : item,
  );
  return JSON.stringify({ ...entry, items });
}

type Check = (value: unknown) => boolean;

const isText: Check = value => typeof value === 'string';
const isCount: Check = value => Number.isSafeInteger(value) && (value as number) >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const maybe =
  (check: Check): Check =>
  value =>
    value === undefined || check(value);
const oneOf =
  (...values: readonly unknown[]): Check =>
  value =>
    values.includes(value);
const record = (form: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(form);
  return value => {
    if (!isRecord(value)) return false;
    for (const [name, check] of checks) if (!check(value[name])) return false;
    return true;
  };
};

const both =
  (one: Check, other: Check): Check =>
  value =>
    one(value) && other(value);

/** What the server says is JSON; nobody could read it otherwise. */
const isReadable: Check = message => {
  const { kind, content } = message as MessageSent;
  if (kind !== 'notice') return true;
  try {
    return isRecord(JSON.parse(content));
  } catch {
    return false;
  }
};

const isOrigin = record({ owner: maybe(isText), address: maybe(isText) });
const isEnding = record({ reason: oneOf('REPLACED', 'KICKED', 'BANNED'), about: maybe(isRecord) });
const event = { session: isCount, username: isText };

const FORMS: Readonly<Record<Item['type'], Check>> = {
  UserJoined: record({
    ...event,
    ...{ resumeKey: maybe(isText), key: maybe(isText), verified: maybe(oneOf(true)) },
    ...{ attempt: maybe(isCount), origin: maybe(isOrigin) },
  }),
  MessageSent: both(
    record({
      ...event,
      ...{ content: isText, kind: oneOf(undefined, 'action', 'notice') },
      ...{ ref: maybe(isText), owner: maybe(isText), verified: maybe(oneOf(true)) },
    }),
    isReadable,
  ),
  UserLeft: record({ ...event, ended: maybe(isEnding), was: maybe(isText) }),
  SessionTaken: record({ session: isCount, attempt: isCount, origin: isOrigin }),
  SessionAbsent: record({ session: isCount, isAway: oneOf(true, false), waitMs: maybe(isCount) }),
  MessageErased: record({ seq: isCount }),
  ServerUp: record({ rules: isText, name: isText, waitMs: maybe(isCount) }),
  ServerDown: record({ incarnation: isText }),
  EpochBegun: record({ epoch: isText, lost: isText, upTo: isCount }),
};

/** Whether it is what its type says. Whoever can write to a broker can append anything, and that may stop no server. */
export function isItem(item: unknown): item is Item {
  if (!isRecord(item)) return false;
  const { type } = item as { type: Item['type'] };
  return isText(type) && Object.hasOwn(FORMS, type) && FORMS[type](item);
}
