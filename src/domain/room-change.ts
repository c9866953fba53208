import type { MessageSent } from './events.js';
import { SERVER_USERNAME } from './name-limits.js';

/** What an operator has changed in the room, as everybody is told. `by` is the operator's name, or `chatty` for the machine. */
export type RoomChange =
  | { readonly type: 'topic'; readonly by: string; readonly topic: string }
  /** So long each one has to wait after a message, in milliseconds; 0 for not at all. */
  | { readonly type: 'slow'; readonly by: string; readonly ms: number }
  /** The message with this sequence number is not to be shown any more. */
  | { readonly type: 'deleted'; readonly by: string; readonly target: number; readonly author: string }
  | {
      readonly type: 'kicked' | 'banned' | 'muted' | 'unmuted';
      readonly by: string;
      readonly username: string;
      /** In milliseconds since 1970; absent when there is no end. */
      readonly until?: number;
      readonly reason?: string;
    };

/** The session of what nobody in the room has said. */
const NOBODY = 0;

/** A change as an event, which has its place among what is said: the server says it, and everybody is told. */
export function eventOf(change: RoomChange): MessageSent {
  const content = JSON.stringify(change);
  return { type: 'MessageSent', session: NOBODY, username: SERVER_USERNAME, kind: 'notice', content };
}

/** What an event has changed; nothing when it is something that somebody has said. */
export function changeOf({ kind, content }: Pick<MessageSent, 'kind' | 'content'>): RoomChange | undefined {
  return kind === 'notice' ? JSON.parse(content) : undefined;
}
