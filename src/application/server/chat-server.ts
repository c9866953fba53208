import type { ServerAddress } from '../chat-request.js';
import type { RoomLogFailure } from './failures.js';
import type { ModerateRoom } from './moderate-room.js';
import type { NameOwnership } from './name-ownership.js';
import type { OpenRoom } from './open-room.js';
import type { Readiness } from './readiness.js';
import type { RoomFeed } from './room-feed.js';
import type { RoomLog } from './room-log-ports.js';
import type { Logger, ServerIdentity, ServiceManager } from './service-ports.js';
import type { Connections, Transport } from './transport-ports.js';
import { within } from './within.js';

export interface StopLimits {
  /** How long it takes at most until everybody has been told, in milliseconds. */
  readonly drainMs: number;
}

/** The server as a whole: one room, reached through every transport, from its start to its stop. */
export class ChatServer {
  #starting: Promise<readonly ServerAddress[]> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly openRoom: Pick<OpenRoom, 'execute'>,
    private readonly identity: Pick<ServerIdentity, 'open'>,
    private readonly transports: readonly Transport[],
    private readonly connections: Pick<Connections, 'expect' | 'close'>,
    private readonly feed: Pick<RoomFeed, 'settled'>,
    private readonly roomLog: Pick<RoomLog, 'failed' | 'close'>,
    private readonly logger: Pick<Logger, 'info'>,
    private readonly ownership?: Pick<NameOwnership, 'close'>,
    private readonly moderateRoom?: Pick<ModerateRoom, 'close'>,
    private readonly serviceManager?: ServiceManager,
    private readonly readiness?: Pick<Readiness, 'enter'>,
    private readonly limits: StopLimits = { drainMs: 2000 },
  ) {}

  /**
   * Opens the room, then starts the transports one after the other; if one fails, nothing is left running.
   * Called once. Resolves to every address that clients can use.
   * @throws {RoomLogFailure}
   * @throws {IdentityFailure}
   * @throws {ListenFailure}
   */
  start(): Promise<readonly ServerAddress[]> {
    this.#starting = this.#start();
    return this.#starting;
  }

  /**
   * Accepts no more clients, hands out all that was said, ends every connection and closes the log. What is not recorded, or
   * not read, by the end of the drain time is waited for no longer. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Resolves when the room cannot go on: the server is to be stopped. */
  get failed(): Promise<RoomLogFailure> {
    return this.roomLog.failed;
  }

  async #start(): Promise<readonly ServerAddress[]> {
    this.connections.expect(await this.openRoom.execute());
    const addresses: ServerAddress[] = [];
    try {
      await this.identity.open();
      for (const transport of this.transports) addresses.push(...(await transport.start()));
    } catch (error) {
      await this.#close().catch(() => {}); // why it did not start tells more
      throw error;
    }
    this.readiness?.enter('OPEN');
    this.logger.info({ addresses }, 'listening');
    this.serviceManager?.ready();
    return addresses;
  }

  /** Waits for a start that is under way: it would open what was closed already. */
  async #stop(): Promise<void> {
    await this.#starting?.catch(() => {});
    this.readiness?.enter('DRAINING');
    this.serviceManager?.stopping();
    await this.#close();
  }

  async #close(): Promise<void> {
    const began = performance.now();
    const { drainMs } = this.limits;
    try {
      await Promise.all(this.transports.map(transport => transport.stop()));
      await within(drainMs, this.feed.settled());
      await this.connections.close(Math.max(0, drainMs - (performance.now() - began)));
    } finally {
      this.readiness?.enter('STOPPING');
      await this.roomLog.close();
      await this.ownership?.close();
      await this.moderateRoom?.close();
    }
  }
}
