/** Identifies one session. Unique in a room's whole history. */
export type SessionId = number;

/** What speaks for a session: the room knows no more of it than how it is ended. */
export interface SessionConnection {
  end(reason: 'REPLACED'): void;
}

/**
 * A user's stay in the room. It outlives its connections if the client can resume it:
 *
 *     entering ──connect──> connected ──disconnect──> away
 *                               ^                       │
 *                               └──────── connect ──────┘
 *
 * It is `entering` until its join is recorded. One connection speaks for it at a time, the client's newest.
 */
export class Session {
  #connection: SessionConnection | undefined;
  #attempt = 0;
  #hasEntered = false;

  /** @param resumeKey a hash of what a client must know to resume it; absent when it ends with its connection */
  constructor(
    readonly id: SessionId,
    readonly resumeKey?: string,
  ) {}

  /** A session that was in the room when the server stopped. */
  static away(id: SessionId, resumeKey?: string): Session {
    const session = new Session(id, resumeKey);
    session.#hasEntered = true;
    return session;
  }

  get isEntering(): boolean {
    return !this.#hasEntered;
  }

  get isAway(): boolean {
    return this.#hasEntered && this.#connection === undefined;
  }

  isHeldBy(connection: SessionConnection): boolean {
    return this.#connection === connection;
  }

  /** Whether a connection of this number may take over: an older one must not, however late its Join arrives. */
  accepts(attempt: number): boolean {
    return attempt >= this.#attempt;
  }

  /** The connection speaks for the session from now on; the one before is told REPLACED. */
  connect(connection: SessionConnection, attempt: number): void {
    const previous = this.#connection;
    this.#connection = connection;
    this.#attempt = attempt;
    this.#hasEntered = true;
    previous?.end('REPLACED');
  }

  /** The connection is gone. False when it did not speak for the session (any more). */
  disconnect(connection: SessionConnection): boolean {
    if (!this.isHeldBy(connection)) return false;
    this.#connection = undefined;
    return true;
  }
}
