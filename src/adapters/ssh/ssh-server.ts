import type { Socket } from 'node:net';
import type { Algorithms } from 'ssh2';
import type { ServerAddress } from '../../application/chat-request.js';
import { type Limit, Meter } from '../../application/server/meter.js';
import type { Logger } from '../../application/server/service-ports.js';
import type { Transport } from '../../application/server/transport-ports.js';
import { Allowance, rate } from '../wire/listen/allowance.js';
import { IdleMap } from '../wire/listen/idle-map.js';
import { Newcomers } from '../wire/listen/newcomers.js';
import { type Origin, type OriginLimits, Origins } from '../wire/listen/origins.js';
import { Turns } from '../wire/listen/turns.js';
import type { WireConnections } from '../wire/listen/wire-connections.js';
import type { HostKey } from './host-key.js';
import type { MaySpeak } from './login.js';
import { SshConnection, type SshHost } from './ssh-connection.js';
import type { Wish } from './ssh-session.js';
import { type Ending, type Rooms, type Visitor, visit } from './visit.js';

export interface SshServerOptions extends OriginLimits {
  /** Sessions at a time. */
  readonly maxSsh: number;
  /** Milliseconds from connecting to being in the room. */
  readonly loginTimeoutMs: number;
  /** After how many milliseconds a client is cut that takes nothing of what waits for it. */
  readonly stallTimeoutMs: number;
  /** Milliseconds after which a client is asked whether it is still there; one that does not answer for three times as long is cut. */
  readonly keepAliveMs: number;
}

/** A port at which sockets are accepted; `receive` is told of each, and where it comes from. */
export type OpenSshPort = (receive: (socket: Socket, address: string | undefined) => void) => Transport;

export interface SshKeys {
  readonly maySpeak: MaySpeak;
  keyOf(line: string): string | undefined;
}

/** Connections of which nobody is in yet, in all and of one origin. With more, who has waited longest gives way. */
const MAX_STRANGERS = 64;
const MAX_STRANGERS_OF_ONE = 8;

/** How much all from one address may make the server work over ssh, in milliseconds a second, and at once. */
const LIGHT = rate(100, 150);

const LOOK_MS = 1000;

const FULL: Ending = { text: 'The server is full. Try again later.', code: 5 };

/** What is safe today, and quick in Node itself. OpenSSH of 2014 and later has all of it. */
const ALGORITHMS: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
  ],
  cipher: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
};

/** Whose reaching it is when a connection is cut. */
const LIMIT_OF: Readonly<Record<string, Limit>> = {
  NOT_JOINED_IN_TIME: 'ssh-login-timeout',
  TOO_SLOW: 'stall-timeout',
};

class Light extends Allowance {
  get isIdle(): boolean {
    return this.isFull;
  }
}

/** Lets people into the room who have nothing but ssh. */
export class SshServer implements Transport {
  readonly #port: Transport;
  readonly #origins: Origins;
  readonly #strangers = new Newcomers<SshConnection>();
  readonly #lights = new IdleMap<Origin, Light>();
  readonly #connections = new Set<SshConnection>();
  #host: SshHost | undefined;
  #sessions = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: SshServerOptions,
    openPort: OpenSshPort,
    private readonly hostKey: HostKey,
    private readonly connections: Pick<WireConnections, 'knock' | 'turnAway'>,
    private readonly keys: SshKeys,
    private readonly rooms: Rooms,
    private readonly logger: Pick<Logger, 'debug' | 'info' | 'error'>,
    private readonly meter: Pick<Meter, 'limits'> = new Meter(),
  ) {
    this.#origins = new Origins(options);
    this.#port = openPort((socket, address) => this.#receive(socket, address));
  }

  async start(): Promise<readonly ServerAddress[]> {
    this.hostKey.open();
    const { maySpeak, keyOf } = this.keys;
    const { hostKey, options } = this;
    this.#host = {
      get config() {
        return {
          hostKeys: [hostKey.privateKey],
          algorithms: ALGORITHMS,
          ident: 'chatty',
          keepaliveInterval: options.keepAliveMs,
        };
      },
      logger: this.logger,
      limits: this.options,
      maySpeak,
      turns: new Turns(),
      keyOf,
      visit: (...wanted) => this.#visit(...wanted),
      onCut: reason => {
        const limit = LIMIT_OF[reason];
        if (limit !== undefined) this.meter.limits.add(limit);
      },
      onEntered: connection => this.#strangers.delete(connection),
    };
    return this.#port.start();
  }

  /** Those who are here hear of a stop in the room, and are led out by it. */
  stop(): Promise<void> {
    return this.#port.stop();
  }

  #receive(socket: Socket, address: string | undefined): void {
    socket.on('error', () => {}); // it closes then
    const line = { address, destroy: () => socket.destroy() };
    this.connections.knock(line, () => this.#serve(socket, address));
  }

  #serve(socket: Socket, address: string | undefined): void {
    const origin = this.#origins.of(address);
    if (socket.destroyed || this.#host === undefined) {
      socket.destroy();
      return;
    }
    const reason = this.#origins.excess(address) > 0 ? 'TOO_MANY_FROM_ADDRESS' : 'TOO_MANY_STRANGERS';
    if (reason === 'TOO_MANY_FROM_ADDRESS' || !this.#hasPlace(origin)) {
      this.connections.turnAway(reason, address); // there is nobody yet who could be told
      socket.destroy();
      return;
    }
    this.#origins.count(address, new Promise(resolve => socket.once('close', () => resolve())));
    const connection = new SshConnection(socket, address, this.#host, this.#lightOf(origin));
    this.#connections.add(connection);
    this.#strangers.add(connection, origin);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
    socket.once('close', () => {
      this.#connections.delete(connection);
      this.#strangers.delete(connection);
    });
  }

  /** Whether one more may try to come in; if need be, in the place of who has tried for longest. */
  #hasPlace(origin: Origin | undefined): boolean {
    const isCrowd = origin !== undefined && this.#strangers.sizeOf(origin) >= MAX_STRANGERS_OF_ONE;
    if (!isCrowd && this.#strangers.size < MAX_STRANGERS) return true;
    const oldest = this.#strangers.takeOldest(isCrowd ? origin : undefined);
    oldest?.destroy('NOT_JOINED_IN_TIME');
    return oldest !== undefined;
  }

  /** Nothing for who is trusted. */
  #lightOf(origin: Origin | undefined): Light | undefined {
    if (origin === undefined) return undefined;
    return this.#lights.get(origin) ?? this.#lights.set(origin, new Light(LIGHT));
  }

  async #visit(wish: Wish, visitor: Visitor): Promise<Ending> {
    if (this.#sessions >= this.options.maxSsh) {
      this.connections.turnAway('TOO_MANY_SSH', visitor.address);
      return FULL;
    }
    this.#sessions++;
    try {
      return await visit(this.rooms, wish, visitor);
    } finally {
      this.#sessions--;
    }
  }

  #look(): void {
    for (const connection of this.#connections) {
      const { stalledMs = 0 } = connection.terminal ?? {};
      if (stalledMs > this.options.stallTimeoutMs) connection.destroy('TOO_SLOW');
    }
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
