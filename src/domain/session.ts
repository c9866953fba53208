import type { RefusalDetails } from './refusal.js';

/** Identifies a session; unique in the whole history of a room. */
export type SessionId = number;

/** What is known of a connection. */
export interface Origin {
  /** Who is behind it, in a word that means nothing by itself: what is kept for them counts as that of one. */
  readonly owner?: string | undefined;
  /** Where it comes from. */
  readonly address?: string | undefined;
}

/** Since when a session is away, and until when it is waited for: in milliseconds, on a clock that only its caller knows. */
export interface Waiting {
  readonly since: number;
  readonly until: number;
}

/** What is known of a session for which another server of the room speaks. */
export interface Elsewhere extends Origin {
  /** Whether its connection there is gone. */
  readonly isAway?: boolean;
  /** Given where it is, if that is known. */
  readonly waiting?: Waiting;
  /** The number of the connection with which its client went there. */
  readonly attempt?: number;
}

/** The connection that speaks for a session; all that the room needs of it is how to end it. */
export interface SessionConnection extends Origin {
  end(reason: 'REPLACED' | 'KICKED' | 'BANNED' | 'CUT_OFF', about?: RefusalDetails): void;
}

/**
 * A user's stay in the room. It outlives its connections if the client can resume it:
 *
 *     entering ──connect──> connected ──disconnect──> away
 *                               ^                       │
 *                               └──────── connect ──────┘
 *
 * It is `entering` until its join is recorded. Only the client's newest connection speaks for it.
 */
export class Session {
  #connection: SessionConnection | undefined;
  #owner: string | undefined;
  #address: string | undefined;
  #attempt = 0;
  #hasEntered = false;
  #isElsewhere = false;
  #isAwayElsewhere = false;
  #beganAt: number | undefined;
  #waiting: Waiting | undefined;
  #key: string | undefined;

  /** @param resumeKey a hash of the token that resumes it; absent when it ends with its connection */
  constructor(
    readonly id: SessionId,
    readonly resumeKey?: string,
  ) {}

  /** A session that was in the room when the server stopped. */
  static away(id: SessionId, resumeKey?: string, key?: string): Session {
    const session = new Session(id, resumeKey);
    session.#hasEntered = true;
    session.#key = key;
    return session;
  }

  /** A session whose client is connected to another server of the room. */
  static elsewhere(
    id: SessionId,
    resumeKey: string | undefined,
    key: string | undefined,
    origin: Elsewhere,
  ): Session {
    const session = Session.away(id, resumeKey, key);
    session.moveElsewhere('REPLACED', origin);
    return session;
  }

  /** The key with which its name was proven; nothing when it was not. */
  get key(): string | undefined {
    return this.#key;
  }

  get isEntering(): boolean {
    return !this.#hasEntered;
  }

  get isAway(): boolean {
    if (this.#isElsewhere) return this.#isAwayElsewhere;
    return this.#hasEntered && this.#connection === undefined;
  }

  /** Whether another server of the room speaks for it. */
  get isElsewhere(): boolean {
    return this.#isElsewhere;
  }

  /**
   * Another server speaks for it from now on, and knows the numbers of its connections. The connection to this one, if
   * there is one, is told why: REPLACED when its client is there now, CUT_OFF when it has to come back: also when it is the
   * newer one, and that one was on its way for long.
   * @param origin of its connection to the other one
   */
  moveElsewhere(
    reason: 'REPLACED' | 'CUT_OFF',
    { owner, address, isAway = false, waiting, attempt }: Elsewhere,
  ): void {
    const connection = this.#connection;
    const isNewer = attempt !== undefined && attempt < this.#attempt;
    this.#connection = undefined;
    this.#isElsewhere = true;
    this.missElsewhere(isAway, waiting);
    this.#attempt = 0;
    this.#owner = owner;
    this.#address = address;
    connection?.end(isNewer ? 'CUT_OFF' : reason);
  }

  /** Whether the connection to the other server, which speaks for it, is gone. */
  missElsewhere(isAway: boolean, waiting?: Waiting): void {
    this.#isAwayElsewhere = isAway;
    this.#waiting = waiting;
  }

  /** How long another server waits for its client; nothing while it is not away, or where that is not known. */
  get waiting(): Waiting | undefined {
    return this.#waiting;
  }

  /** This server speaks for it from now on. */
  moveHere(): void {
    this.#isElsewhere = false;
    this.#waiting = undefined;
  }

  /** Its name was proven with this key. */
  verify(key: string): void {
    this.#key = key;
  }

  /** Who was behind its last connection, if that is known. */
  get owner(): string | undefined {
    return this.#owner;
  }

  /** Where its last connection came from, if that is known. */
  get address(): string | undefined {
    return this.#address;
  }

  isHeldBy(connection: SessionConnection): boolean {
    return this.#connection === connection;
  }

  /** Whether a connection with this number may take over: an older one may not, however late its Join arrives. */
  accepts(attempt: number): boolean {
    return attempt >= this.#attempt;
  }

  /** When it began, on a clock that only its caller knows; nothing when that was before a restart. */
  get beganAt(): number | undefined {
    return this.#beganAt;
  }

  /** It begins now. */
  begin(now: number): void {
    this.#beganAt = now;
  }

  /** The connection speaks for the session from now on; the previous one is ended with REPLACED. */
  connect(connection: SessionConnection, attempt: number): void {
    const previous = this.#connection;
    this.#connection = connection;
    this.#owner = connection.owner;
    this.#address = connection.address;
    this.#attempt = attempt;
    this.#hasEntered = true;
    previous?.end('REPLACED');
  }

  /** The session is over: its name is somebody else's, or its user was put out of the room; or it is to come back (CUT_OFF). */
  hangUp(reason: Parameters<SessionConnection['end']>[0] = 'REPLACED', about?: RefusalDetails): void {
    this.#connection?.end(reason, about);
  }

  /** The connection is gone. False when another one speaks for the session, or none. */
  disconnect(connection: SessionConnection): boolean {
    if (!this.isHeldBy(connection)) return false;
    this.#connection = undefined;
    return true;
  }
}
