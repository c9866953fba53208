import type { Seq } from '../domain/events.js';

/** Where a server can be reached. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** How a client enters the room. */
export interface JoinRequest {
  readonly username: string;
  /** Absent in the basic form, in which a session ends with its connection. */
  readonly extended?: ExtendedJoin;
}

export interface ExtendedJoin {
  /** How many messages of before are wanted; 0 for none. */
  readonly history?: number;
  /** A session to take up again: the server's word for it, the last place that was read, and of which epoch. */
  readonly resume?: string;
  readonly since?: Seq;
  readonly epoch?: string;
  /** Counts this client's connections: the one with the highest number is the one it holds. */
  readonly attempt: number;
}
