import { usernameKey } from './name-key.js';
import { looksOf } from './name-look.js';
import { Refusal } from './refusal.js';
import type { SessionId } from './session.js';

interface Named {
  /** As the user spelled it when joining. */
  readonly username: string;
}

/**
 * The members of a room, found by session and by name. It alone decides who may join: each session once, each name by
 * one session, in any spelling, and no name that could be taken for another's.
 */
export class Members<M extends Named> {
  readonly #bySession = new Map<SessionId, M>();
  readonly #byName = new Map<string, M>();
  readonly #byLook = new Map<string, M>();

  constructor(private readonly sessionOf: (member: M) => SessionId) {}

  get size(): number {
    return this.#bySession.size;
  }

  /** In the order in which they joined. */
  [Symbol.iterator](): IterableIterator<M> {
    return this.#bySession.values();
  }

  get(session: SessionId): M | undefined {
    return this.#bySession.get(session);
  }

  /** Who has this name, in any spelling. */
  named(username: string): M | undefined {
    return this.#byName.get(usernameKey(username));
  }

  /** Whose name looks like this one, which is another. */
  resembling(username: string): M | undefined {
    for (const look of looksOf(username)) {
      const member = this.#byLook.get(look);
      if (member !== undefined) return member;
    }
    return undefined;
  }

  /** Why this member may not join: NAME_TAKEN, ALREADY_JOINED under another name, or NAME_RESEMBLES. */
  objectionTo(member: M): Refusal | undefined {
    if (this.#byName.has(usernameKey(member.username))) return new Refusal('NAME_TAKEN');
    if (this.#bySession.has(this.sessionOf(member))) return new Refusal('ALREADY_JOINED');
    const resembled = this.resembling(member.username)?.username;
    return resembled === undefined ? undefined : new Refusal('NAME_RESEMBLES', undefined, { resembled });
  }

  /** @throws {Refusal} what `objectionTo` says */
  admit(member: M): void {
    const objection = this.objectionTo(member);
    if (objection !== undefined) throw objection;
    this.restore(member);
  }

  /** Adds a member that was admitted before, without the checks. */
  restore(member: M): void {
    this.#bySession.set(this.sessionOf(member), member);
    this.#byName.set(usernameKey(member.username), member);
    for (const look of looksOf(member.username)) this.#byLook.set(look, member);
  }

  /** It joined after all others that are here. */
  moveLast(session: SessionId): void {
    const member = this.#bySession.get(session);
    if (member === undefined) return;
    this.#bySession.delete(session);
    this.#bySession.set(session, member);
  }

  /** Frees the name; returns the member that was removed, if there was one. */
  remove(session: SessionId): M | undefined {
    const member = this.#bySession.get(session);
    if (member === undefined) return undefined;
    this.#bySession.delete(session);
    const name = usernameKey(member.username);
    // Others may have the name already, by the word of another server.
    if (this.#byName.get(name) === member) this.#byName.delete(name);
    for (const look of looksOf(member.username))
      if (this.#byLook.get(look) === member) this.#byLook.delete(look);
    return member;
  }
}
