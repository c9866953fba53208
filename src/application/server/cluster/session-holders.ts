import type { SessionId, Waiting } from '../../../domain/session.js';
import type { KnownSession, MovedUser } from '../room-log-ports.js';
import type { ClientConnection, Incarnation } from './entry.js';

/** Which server speaks for a session, and for which connection. */
export interface Holder extends ClientConnection {
  readonly by: Incarnation;
  /** The server to which its client was connected last: since then, another one may have to wait for it. */
  readonly client: Incarnation;
  /** Whether that connection is gone. */
  readonly isAway: boolean;
  /** By the time of events. */
  readonly waiting?: Waiting;
}

/** A session in the room, as JSON can hold it. */
export type HeldSession = KnownSession & Holder;

/** The servers that speak for the sessions in the room. */
export class SessionHolders {
  /** In the order in which they joined. */
  readonly #held = new Map<SessionId, HeldSession>();

  get(session: SessionId): HeldSession | undefined {
    return this.#held.get(session);
  }

  /** In the order in which they joined. */
  get all(): readonly HeldSession[] {
    return [...this.#held.values()];
  }

  /** It has joined, or its client has connected to another server. */
  set(known: KnownSession, by: Incarnation, { attempt, origin }: ClientConnection): void {
    this.#held.set(known.session, { ...known, by, client: by, attempt, origin, isAway: false });
  }

  delete(session: SessionId): void {
    this.#held.delete(session);
  }

  restore(held: HeldSession): void {
    this.#held.set(held.session, held);
  }

  /**
   * Another server waits for the clients of those that are not up any more. Returns whose sessions they were.
   * @param to nothing while there is no server at all: theirs they remain
   * @param waiting the time begins anew, as after a restart
   */
  adopt(
    isUp: (server: Incarnation) => boolean,
    to: Incarnation | undefined,
    waiting: Waiting | undefined,
  ): readonly HeldSession[] {
    const left = this.all.filter(({ by }) => !isUp(by)).map(held => awayFrom(held, waiting));
    for (const held of left) this.#held.set(held.session, { ...held, by: to ?? held.by });
    return left;
  }

  /** The connection of a session is gone, or is there again. False when a server says so that does not speak for it. */
  miss(session: SessionId, isAway: boolean, by: Incarnation, waiting?: Waiting): boolean {
    const held = this.#held.get(session);
    if (held?.by !== by || held.isAway === isAway) return false;
    this.#held.set(session, isAway ? awayFrom(held, waiting) : here(held));
    return true;
  }

  /** For how many sessions a server speaks. */
  countOf(server: Incarnation): number {
    let count = 0;
    for (const { by } of this.#held.values()) if (by === server) count++;
    return count;
  }
}

/** As the use cases are told of it, but for the clock. */
export function movedUserOf({
  by,
  client,
  attempt,
  origin,
  isAway,
  waiting,
  ...known
}: HeldSession): MovedUser {
  const away = isAway && { isAway, ...(waiting && { waiting }) };
  return { ...known, elsewhere: { ...origin, ...away } };
}

function here({ waiting, ...held }: HeldSession): HeldSession {
  return { ...held, isAway: false };
}

function awayFrom(held: HeldSession, waiting: Waiting | undefined): HeldSession {
  return { ...here(held), isAway: true, ...(waiting && { waiting }) };
}
