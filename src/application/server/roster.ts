import type { UserJoined } from '../../domain/events.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/user.js';
import { usernameKey } from '../../domain/username.js';
import type { KnownSession } from './ports.js';

/** Who came (`into` the room) or went, since changes were last kept. */
interface Change {
  readonly known: KnownSession;
  readonly into: boolean;
}

/** Who is in the room, by the log's own records. What changed can be undone until it is kept. */
export class Roster {
  readonly #bySession = new Map<SessionId, KnownSession>();
  readonly #names = new Set<string>();
  #changes: Change[] = [];

  get present(): KnownSession[] {
    return [...this.#bySession.values()];
  }

  /** Takes somebody in, or says why not: NAME_TAKEN, or ALREADY_JOINED under another name. */
  join({ session, username, resumeKey }: UserJoined): Refusal | undefined {
    if (this.#names.has(usernameKey(username))) return new Refusal('NAME_TAKEN');
    if (this.#bySession.has(session)) return new Refusal('ALREADY_JOINED');
    this.restore({ session, username, ...(resumeKey !== undefined && { resumeKey }) });
    return undefined;
  }

  /** Takes in somebody who is in the room without a doubt. */
  restore(known: KnownSession): void {
    this.#put(known);
    this.#changes.push({ known, into: true });
  }

  /** Does nothing for a session that is not in the room. */
  leave(session: SessionId): void {
    const known = this.#bySession.get(session);
    if (known === undefined) return;
    this.#take(known);
    this.#changes.push({ known, into: false });
  }

  keep(): void {
    if (this.#changes.length > 0) this.#changes = [];
  }

  undo(): void {
    for (const { known, into } of this.#changes.reverse()) {
      if (into) this.#take(known);
      else this.#put(known);
    }
    this.#changes = [];
  }

  #put(known: KnownSession): void {
    this.#bySession.set(known.session, known);
    this.#names.add(usernameKey(known.username));
  }

  #take(known: KnownSession): void {
    this.#bySession.delete(known.session);
    this.#names.delete(usernameKey(known.username));
  }
}
