import type { MessageSent, RoomEvent, Seq, UserJoined, UserLeft } from '../../../domain/events.js';
import type { Origin, SessionId } from '../../../domain/session.js';

// What servers append to the journal of their room.

/** Names one life of a server in the room: a server that was taken for dead, and is not, takes another one. */
export type Incarnation = string;

/**
 * What a server asks of the room. It has happened when the fold of the entries before it allows it, which is the same on
 * every server.
 */
export type Item =
  | (UserJoined & { readonly origin?: Origin | undefined })
  | MessageSent
  | UserLeft
  /** The server speaks for the session from now on: its client has connected to it with this number. */
  | { readonly type: 'SessionTaken'; readonly session: SessionId; readonly attempt: number }
  /** The connection of a session is gone, or is there again; said by the server that speaks for it. */
  | { readonly type: 'SessionAbsent'; readonly session: SessionId; readonly isAway: boolean }
  /** The message goes out of the history for good. */
  | { readonly type: 'MessageErased'; readonly seq: Seq }
  /** The first item of an incarnation, alone: the server goes by these rules. */
  | { readonly type: 'ServerUp'; readonly rules: string; readonly name: string }
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

/** Nothing for what no server of chatty has appended. */
export function decodeEntry(text: string): Entry | undefined {
  try {
    const { by, n, items }: Entry = JSON.parse(text);
    return typeof by === 'string' && typeof n === 'number' && Array.isArray(items)
      ? { by, n, items }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The same entry with nothing left of what a message said; nothing when it is in another one. */
export function withoutMessage(text: string, isMeant: (message: MessageSent) => boolean): string | undefined {
  const entry = decodeEntry(text);
  const at = entry?.items.findIndex(item => item.type === 'MessageSent' && isMeant(item)) ?? -1;
  if (entry === undefined || at === -1) return undefined;
  const items = entry.items.map((item, place) => (place === at ? { ...item, content: '' } : item));
  return JSON.stringify({ ...entry, items });
}

export function isEvent(item: Item): item is RoomEvent {
  return item.type === 'UserJoined' || item.type === 'MessageSent' || item.type === 'UserLeft';
}
