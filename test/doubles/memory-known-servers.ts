import type { ServerAddress } from '../../src/application/chat-request.js';
import type { KnownServers } from '../../src/application/client/ports.js';

/** The keys of servers, known as long as this process runs. */
export class MemoryKnownServers implements KnownServers {
  readonly location = 'memory';
  readonly pins = new Map<string, string>();

  async pinOf({ host, port }: ServerAddress): Promise<string | undefined> {
    return this.pins.get(`${host.toLowerCase()}:${port}`);
  }

  async remember({ host, port }: ServerAddress, pin: string): Promise<boolean> {
    this.pins.set(`${host.toLowerCase()}:${port}`, pin);
    return true;
  }
}
