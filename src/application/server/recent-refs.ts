import type { Seq } from '../../domain/events.js';
import type { SessionId } from '../../domain/session.js';
import { MAX_UNCONFIRMED } from '../chat-request.js';

/** Most of them in all; beyond it, sessions that have left are forgotten in that order, but none in the room. */
export const MAX_REFS = 250_000;

/** All of them, as JSON can hold it. */
export interface KeptRefs {
  readonly of: readonly (readonly [SessionId, readonly (readonly [ref: string, seq: Seq])[]])[];
  readonly left: readonly SessionId[];
}

interface SessionRefs {
  readonly seqs: Map<string, Seq>;
  /** The refs from the oldest on: one iterator for the life of the map, since a new one would start over. */
  readonly oldest: Iterator<string>;
}

/** The sequence numbers of messages that can be repeated. What was added can be undone until it is kept. */
export class RecentRefs {
  readonly #bySession = new Map<SessionId, SessionRefs>();
  /** Sessions that are not in the room, in the order of their leaving. */
  readonly #left = new Set<SessionId>();
  #added: { readonly session: SessionId; readonly refs: SessionRefs; readonly ref: string }[] = [];
  #size = 0;

  constructor(private readonly maxRefs = MAX_REFS) {}

  /** What is kept, in such an order that whoever restores it forgets the same later. */
  get all(): KeptRefs {
    return {
      of: Array.from(this.#bySession, ([session, { seqs }]) => [session, [...seqs]]),
      left: [...this.#left],
    };
  }

  /** Called on one that has none. */
  restore({ of, left }: KeptRefs): void {
    for (const [session, refs] of of) for (const [ref, seq] of refs) this.add(session, ref, seq);
    for (const session of left) this.leave(session);
    this.#added = []; // not `keep`: whoever has gone on without a restart forgets nothing now either
  }

  /** Notes that this message is recorded as `seq`; returns its sequence number if it was recorded before. */
  add(session: SessionId, ref: string, seq: Seq): Seq | undefined {
    let refs = this.#bySession.get(session);
    if (refs === undefined) {
      const seqs = new Map<string, Seq>();
      refs = { seqs, oldest: seqs.keys() };
      this.#bySession.set(session, refs);
    }
    const earlier = refs.seqs.get(ref);
    if (earlier !== undefined) return earlier;
    refs.seqs.set(ref, seq);
    this.#size++;
    this.#added.push({ session, refs, ref });
    return undefined;
  }

  has(session: SessionId, ref: string): boolean {
    return this.#bySession.get(session)?.seqs.has(ref) === true;
  }

  /** The session is not in the room. */
  leave(session: SessionId): void {
    if (this.#bySession.has(session)) this.#left.add(session);
  }

  join(session: SessionId): void {
    this.#left.delete(session);
  }

  keep(): void {
    if (this.#added.length === 0) return;
    for (const { refs } of this.#added) this.#trim(refs);
    this.#added = [];
    for (const session of this.#left) {
      if (this.#size <= this.maxRefs) return;
      this.#forget(session);
    }
  }

  undo(): void {
    for (const { session, refs, ref } of this.#added) {
      refs.seqs.delete(ref);
      this.#size--;
      if (refs.seqs.size === 0) this.#bySession.delete(session);
    }
    this.#added = [];
  }

  #trim({ seqs, oldest }: SessionRefs): void {
    if (seqs.size <= MAX_UNCONFIRMED) return;
    seqs.delete(oldest.next().value);
    this.#size--;
  }

  #forget(session: SessionId): void {
    this.#size -= this.#bySession.get(session)?.seqs.size ?? 0;
    this.#bySession.delete(session);
    this.#left.delete(session);
  }
}
