import type { SessionId } from '../../domain/user.js';
import type { Outlet } from './ports.js';

/** Somebody's stay in the room, and the connection that speaks for it at present. */
export interface Session {
  readonly id: SessionId;
  readonly username: string;
  /** Absent when it ends with its connection. */
  readonly resumeKey?: string;
  /** Absent while its connection is down. */
  outlet?: Outlet | undefined;
  /** The number that the client gave to this connection; an older one does not take the session from it. */
  attempt: number;
}

/** The sessions that are in the room. */
export class Sessions {
  readonly #byId = new Map<SessionId, Session>();
  readonly #byKey = new Map<string, Session>();
  #last: SessionId = 0;

  /** The ids given from now on are above `last`. */
  startAfter(last: SessionId): void {
    this.#last = last;
  }

  nextId(): SessionId {
    return ++this.#last;
  }

  add(session: Session): void {
    this.#byId.set(session.id, session);
    if (session.resumeKey !== undefined) this.#byKey.set(session.resumeKey, session);
  }

  get(id: SessionId): Session | undefined {
    return this.#byId.get(id);
  }

  withKey(resumeKey: string): Session | undefined {
    return this.#byKey.get(resumeKey);
  }

  remove(id: SessionId): void {
    const resumeKey = this.#byId.get(id)?.resumeKey;
    this.#byId.delete(id);
    if (resumeKey !== undefined) this.#byKey.delete(resumeKey);
  }
}
