import type { ChatMemo, MemoKind } from '../../application/ports.js';
import type { Recorded, RoomEvent } from '../../domain/events.js';

const KINDS: Record<RoomEvent['type'], MemoKind> = {
  MessageSent: 'message',
  UserJoined: 'joined',
  UserLeft: 'left',
};

/** What a memo says of an event: by these words the basic form tells of coming and going. */
export function contentOf(event: RoomEvent): string {
  switch (event.type) {
    case 'MessageSent':
      return event.content;
    case 'UserJoined':
      return 'Joined';
    case 'UserLeft':
      return 'Left';
  }
}

/** An event as the extended form's memo, in JSON. */
export function memoJson(event: Recorded): string {
  const { username, seq, at, type } = event;
  const who = `"username":${JSON.stringify(username)},"content":${JSON.stringify(contentOf(event))}`;
  return `{${who},"seq":${seq},"at":${at},"kind":"${KINDS[type]}"}`;
}

/** Reads a memo of either form; nothing when it is none. */
export function decodeMemo(value: unknown): ChatMemo | undefined {
  if (!isRecord(value)) return undefined;
  const { username, content, seq, at, kind } = value;
  if (typeof username !== 'string' || typeof content !== 'string') return undefined;
  if (!isWhole(seq) || !isWhole(at) || !isKind(kind)) return { username, content };
  return { username, content, seq, at, kind };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isKind(value: unknown): value is MemoKind {
  return Object.values<unknown>(KINDS).includes(value);
}
