import type { Socket } from 'node:net';
import type { ServerAddress } from '../../../application/chat-request.js';
import type { Channel } from './channel.js';

// What transports over TCP sockets are given, so that none of them has to know who listens, and who encrypts.

/** Whose connection it is that was accepted. */
export interface From {
  readonly address: string | undefined;
  /** Whether that is a proxy's, which has not said yet whose connection it passes on. */
  readonly isProxy: boolean;
}

/** Told of each socket that was accepted. */
export type Receive = (socket: Socket, from: From) => void;

/** A port on which the server listens. */
export interface Port {
  /** Resolves to every address at which it can be reached. @throws {ListenFailure} */
  start(): Promise<readonly ServerAddress[]>;
  /** Accepts no more sockets. Idempotent, and it can be started again. */
  stop(): Promise<void>;
  /** Whether it is a proxy that the operator has named. */
  isProxy(address: string): boolean;
}

/**
 * A port more, for another way into the room: on the same host and with the same proxies, which may say in it whose connection
 * they pass on as they do for lines, or in some other way.
 * @param port 0 lets the system choose
 */
export type OpenPort = (port: number, scheme: ServerAddress['scheme'], receive: Receive) => Port;

/**
 * What speaks over a socket that was accepted: the socket itself as it is in `plain`, or something on top of it.
 * @param encrypted what it is when it is encrypted, over a stream and the line of that stream; that line, if nothing is said
 */
export type LineOver = (
  socket: Socket,
  plain: Channel,
  encrypted?: (stream: Socket, line: Channel) => Channel,
) => Channel;
