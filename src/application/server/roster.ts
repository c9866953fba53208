import type { UserJoined } from '../../domain/events.js';
import { Members } from '../../domain/members.js';
import type { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import type { KnownSession } from './room-log-ports.js';

/** The sessions in the room, as far as their joins are recorded. Changes can be undone until they are kept. */
export class Roster {
  readonly #members = new Members<KnownSession>(({ session }) => session);
  #undo: (() => void)[] = [];

  /** In the order in which they joined. */
  [Symbol.iterator](): IterableIterator<KnownSession> {
    return this.#members[Symbol.iterator]();
  }

  /** Returns the refusal, if there is one. */
  join(event: UserJoined): Refusal | undefined {
    const known = knownOf(event);
    const { session } = known;
    const objection = this.#members.objectionTo(known);
    if (objection !== undefined) return objection;
    this.#members.restore(known);
    this.#undo.push(() => this.#members.remove(session));
    return undefined;
  }

  restore(known: KnownSession): void {
    this.#members.restore(known);
  }

  /** Does nothing for a session that is not in the room. */
  leave(session: SessionId): void {
    const known = this.#members.remove(session);
    if (known !== undefined) this.#undo.push(() => this.#members.restore(known));
  }

  keep(): void {
    if (this.#undo.length > 0) this.#undo = [];
  }

  undo(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
  }
}

/** What is kept of a session. */
export function knownOf({
  session,
  username,
  resumeKey,
  key,
}: Pick<UserJoined, keyof KnownSession>): KnownSession {
  return {
    ...{ session, username },
    ...(resumeKey !== undefined && { resumeKey }),
    ...(key !== undefined && { key }),
  };
}
