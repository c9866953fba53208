import type { SessionId } from '../../../domain/session.js';
import type { Item } from './entry.js';

/** The messages with a ref that are on their way, and what becomes of each. */
export class UndecidedRefs {
  // Not by one text of both: to make and to hash that costs a flood more than all else here.
  readonly #sessions = new Map<SessionId, Map<string, Promise<unknown>>>();

  has(session: SessionId, ref: string): boolean {
    return this.#sessions.get(session)?.has(ref) === true;
  }

  /** What becomes of the message that this one repeats; nothing when it repeats none of these. */
  outcomeOf(item: Item): Promise<unknown> | undefined {
    const ref = refOf(item);
    return ref === undefined ? undefined : this.#sessions.get(ref.session)?.get(ref.ref);
  }

  add(item: Item, outcome: Promise<unknown>): void {
    const ref = refOf(item);
    if (ref === undefined) return;
    const refs = this.#sessions.get(ref.session) ?? new Map<string, Promise<unknown>>();
    this.#sessions.set(ref.session, refs.set(ref.ref, outcome));
  }

  /** It is on its way no more. */
  decided(item: Item): void {
    const ref = refOf(item);
    if (ref === undefined) return;
    const refs = this.#sessions.get(ref.session);
    refs?.delete(ref.ref);
    if (refs?.size === 0) this.#sessions.delete(ref.session);
  }
}

function refOf(item: Item): { readonly session: SessionId; readonly ref: string } | undefined {
  const { type } = item;
  return type === 'MessageSent' && item.ref !== undefined
    ? { session: item.session, ref: item.ref }
    : undefined;
}
