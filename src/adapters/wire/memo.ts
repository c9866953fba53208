import type { ChatMemo, MemoKind } from '../../application/chat-response.js';
import type { Recorded, RoomEvent } from '../../domain/events.js';
import { changeOf } from '../../domain/room-change.js';
import { changeText, decodeChange } from './change-text.js';

const KINDS: readonly unknown[] = ['message', 'action', 'joined', 'left', 'notice'] satisfies MemoKind[];

/** What stands for the end of a line where a memo is one line: nobody makes a line of somebody else's. */
const LINE_END = ' ⏎ ';

/** What a memo of the basic form says of an event. */
export function basicContentOf(event: RoomEvent): string {
  if (event.type !== 'MessageSent' || event.kind === 'notice') return contentOf(event);
  return basicContent(event.content, event.kind);
}

/** A message as the basic form has it: one line, and an action by the word that people type for it. */
export function basicContent(content: string, kind?: 'action'): string {
  const line = content.replaceAll('\n', LINE_END);
  return kind === 'action' ? `/me ${line}` : line;
}

/** What a memo says of an event: by these words the basic form tells of coming and going. */
export function contentOf(event: RoomEvent): string {
  switch (event.type) {
    case 'MessageSent': {
      const change = changeOf(event);
      return change === undefined ? event.content : changeText(change);
    }
    case 'UserJoined':
      return 'Joined';
    case 'UserLeft':
      return 'Left';
  }
}

/** An event as the extended form's memo, in JSON. */
export function memoJson(event: Recorded): string {
  const { username, seq, at } = event;
  const who = `"username":${JSON.stringify(username)},"content":${JSON.stringify(contentOf(event))}`;
  const verified = event.verified ? ',"verified":true' : '';
  const isNotice = event.type === 'MessageSent' && event.kind === 'notice';
  const change = isNotice ? `,"change":${event.content}` : '';
  return `{${who},"seq":${seq},"at":${at},"kind":"${kindOf(event)}"${verified}${change}}`;
}

function kindOf(event: RoomEvent): MemoKind {
  switch (event.type) {
    case 'MessageSent':
      return event.kind ?? 'message';
    case 'UserJoined':
      return 'joined';
    case 'UserLeft':
      return 'left';
  }
}

/** Reads a memo of either form; nothing when it is none. */
export function decodeMemo(value: unknown): ChatMemo | undefined {
  if (!isRecord(value)) return undefined;
  const { username, content, seq, at, kind, verified } = value;
  const change = kind === 'notice' ? decodeChange(value.change) : undefined;
  if (typeof username !== 'string' || typeof content !== 'string') return undefined;
  if (!isWhole(seq) || !isWhole(at) || !isKind(kind)) return { username, content };
  return {
    username,
    content,
    seq,
    at,
    kind,
    ...(verified === true && { verified }),
    ...(change && { change }),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isKind(value: unknown): value is MemoKind {
  return KINDS.includes(value);
}
