import { Refusal } from './refusal.js';
import type { SessionId } from './session.js';
import { usernameKey } from './username.js';

interface Named {
  /** In the spelling that they joined with. */
  readonly username: string;
}

/**
 * Who is in a room, found by session and by name. The one place that says who may come in: a session once, and a name
 * to one of them, in whatever spelling.
 */
export class Members<M extends Named> {
  readonly #bySession = new Map<SessionId, M>();
  readonly #byName = new Map<string, M>();

  constructor(private readonly sessionOf: (member: M) => SessionId) {}

  get size(): number {
    return this.#bySession.size;
  }

  /** In the order in which they came. */
  [Symbol.iterator](): IterableIterator<M> {
    return this.#bySession.values();
  }

  get(session: SessionId): M | undefined {
    return this.#bySession.get(session);
  }

  /** Why somebody may not come in: NAME_TAKEN, or ALREADY_JOINED under another name. */
  objectionTo(member: M): Refusal | undefined {
    if (this.#byName.has(usernameKey(member.username))) return new Refusal('NAME_TAKEN');
    if (this.#bySession.has(this.sessionOf(member))) return new Refusal('ALREADY_JOINED');
    return undefined;
  }

  /** @throws {Refusal} what `objectionTo` says */
  admit(member: M): void {
    const objection = this.objectionTo(member);
    if (objection !== undefined) throw objection;
    this.restore(member);
  }

  /** Lets somebody in who was admitted before. */
  restore(member: M): void {
    this.#bySession.set(this.sessionOf(member), member);
    this.#byName.set(usernameKey(member.username), member);
  }

  /** Frees the name; answers with whoever it was, if anybody. */
  remove(session: SessionId): M | undefined {
    const member = this.#bySession.get(session);
    if (member === undefined) return undefined;
    this.#bySession.delete(session);
    this.#byName.delete(usernameKey(member.username));
    return member;
  }
}
