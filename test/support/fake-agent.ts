import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { field } from '../../src/adapters/keys/ed25519.js';

/** A socket that answers every request of an ssh-agent's client with the same bytes. */
export class FakeAgent {
  private constructor(
    private readonly server: Server,
    readonly socket: string,
  ) {}

  /** @param answer without its length; nothing to say nothing */
  static async start(folder: string, answer: Buffer | undefined): Promise<FakeAgent> {
    const socket = join(folder, 'agent');
    const server = createServer(line => {
      line.on('error', () => {});
      line.on('data', () => {
        if (answer === undefined) line.destroy();
        else for (const byte of field(answer)) line.write(Buffer.from([byte]));
      });
    });
    server.listen(socket);
    await once(server, 'listening');
    return new FakeAgent(server, socket);
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
