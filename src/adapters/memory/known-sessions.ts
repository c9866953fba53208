import type { KnownSession } from '../../application/server/room-log-ports.js';
import type { Seq } from '../../domain/events.js';
import type { SessionId } from '../../domain/session.js';

/** How many sessions that have left are kept: the last to leave. */
const MAX_LEFT_SESSIONS = 10_000;

/** The sessions in the room, and those that have left and can be resumed. */
export class KnownSessions {
  readonly #byResumeKey = new Map<string, KnownSession>();
  readonly #inRoom = new Map<SessionId, KnownSession>();
  /** In the order in which they left, each with the `seq` of its leave. */
  readonly #left = new Map<SessionId, { readonly known: KnownSession; readonly seq: Seq }>();

  /** In the room or not. */
  withKey(resumeKey: string): KnownSession | undefined {
    return this.#byResumeKey.get(resumeKey);
  }

  /** It is in the room, for the first time or again. */
  join(known: KnownSession): void {
    this.#forget(known.session);
    this.#inRoom.set(known.session, known);
    if (known.resumeKey !== undefined) this.#byResumeKey.set(known.resumeKey, known);
  }

  /** @param seq of its leave, later than those of all that have left before */
  leave(session: SessionId, seq: Seq): void {
    const known = this.#inRoom.get(session);
    this.#inRoom.delete(session);
    if (known?.resumeKey !== undefined) this.#left.set(session, { known, seq });
    for (const oldest of this.#left.keys()) {
      if (this.#left.size <= MAX_LEFT_SESSIONS) return;
      this.#forget(oldest);
    }
  }

  /** What left before this sequence number cannot be resumed any more. */
  forgetLeftBefore(seq: Seq): void {
    for (const [session, left] of this.#left) {
      if (left.seq >= seq) return;
      this.#forget(session);
    }
  }

  /** If it has left. */
  #forget(session: SessionId): void {
    const resumeKey = this.#left.get(session)?.known.resumeKey;
    if (resumeKey === undefined) return;
    this.#left.delete(session);
    this.#byResumeKey.delete(resumeKey);
  }
}
