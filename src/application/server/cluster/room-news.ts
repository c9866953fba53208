import type { Recorded, Seq } from '../../../domain/events.js';
import type { Refusal } from '../../../domain/refusal.js';
import type { SessionId, Waiting } from '../../../domain/session.js';
import type { MovedUser } from '../room-log-ports.js';
import type { Incarnation } from './entry.js';

/** What an entry has changed, in the order in which it did. */
export type News =
  /** As it is kept; `told` where it is told otherwise: by other servers than its own, or of somebody who was put out. */
  | { readonly type: 'recorded'; readonly event: Recorded; readonly told?: Recorded }
  | { readonly type: 'erased'; readonly seq: Seq }
  | {
      readonly type: 'moved';
      /** With where its client is connected now, or was last. */
      readonly user: MovedUser;
      readonly from: Incarnation;
      /** Nothing while there is no server at all. */
      readonly to: Incarnation | undefined;
      /** Whether its client went to another server by itself, or its server is down. */
      readonly because: 'TAKEN' | 'DOWN';
    }
  | {
      readonly type: 'absence';
      readonly session: SessionId;
      readonly by: Incarnation;
      readonly isAway: boolean;
      /** By the time of events. */
      readonly waiting?: Waiting;
    }
  | { readonly type: 'up'; readonly incarnation: Incarnation; readonly name: string }
  | { readonly type: 'down'; readonly incarnation: Incarnation; readonly name: string }
  | { readonly type: 'epoch'; readonly epoch: string };

/** What has become of an item: the event, the `seq` of the message that it repeats, or why it is refused. */
export type Answer = Recorded | Seq | Refusal | 'DONE';

export interface Folded {
  readonly by: Incarnation;
  readonly n: number;
  /** For each item; nothing when the entry is void. */
  readonly answers: readonly Answer[] | undefined;
  readonly news: readonly News[];
}
