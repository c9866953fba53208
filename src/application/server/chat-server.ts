import type { ServerAddress } from '../chat-request.js';
import type { OpenRoom } from './open-room.js';
import type { Connections, Logger, RoomLog, Transport } from './ports.js';
import type { RoomFeed } from './room-feed.js';

/** The server as a whole: one room, reached through every transport, from its start to its stop. */
export class ChatServer {
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly openRoom: Pick<OpenRoom, 'execute'>,
    private readonly transports: readonly Transport[],
    private readonly connections: Connections,
    private readonly feed: Pick<RoomFeed, 'settled'>,
    private readonly roomLog: Pick<RoomLog, 'close'>,
    private readonly logger: Pick<Logger, 'info'>,
  ) {}

  /**
   * Opens the room, then starts the transports one after the other; if one cannot, nothing is left running.
   * Resolves to every address that clients can use.
   * @throws {RoomLogFailure}
   * @throws {ListenFailure}
   */
  async start(): Promise<readonly ServerAddress[]> {
    await this.openRoom.execute();
    const addresses: ServerAddress[] = [];
    try {
      for (const transport of this.transports) addresses.push(...(await transport.start()));
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.logger.info({ addresses }, 'listening');
    return addresses;
  }

  /** Lets nobody in any more, tells everybody all that was said and then that it stops. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await Promise.all(this.transports.map(transport => transport.stop()));
    await this.feed.settled();
    await this.connections.close();
    await this.roomLog.close();
  }
}
