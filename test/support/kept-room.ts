import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import { type StartedServer, startServer } from './server.js';
import { Stranger } from './stranger.js';

/** A server that keeps its data in a folder, from start to start, and those who come to it. */
export class KeptRoom {
  #folder = '';
  readonly #strangers: Stranger[] = [];
  #server: StartedServer | undefined;

  /** Starts with an empty folder before each test, and leaves nothing behind after it. */
  static forEach(settings: ServerSettings = {}): KeptRoom {
    const room = new KeptRoom();
    beforeEach(async () => {
      room.#folder = mkdtempSync(join(tmpdir(), 'chatty-data-'));
      await room.start(settings);
    });
    afterEach(() => room.#remove());
    return room;
  }

  get folder(): string {
    return this.#folder;
  }

  /** The one that runs, or has run last. */
  get server(): StartedServer {
    if (this.#server === undefined) throw new Error('not started');
    return this.#server;
  }

  /** Starts the server, in place of the one that runs. */
  async start(settings: ServerSettings = {}): Promise<void> {
    await this.#server?.stop();
    this.#server = await startServer({ history: 'sqlite', dataDir: this.#folder, ...settings });
  }

  async stranger(): Promise<Stranger> {
    const one = await Stranger.connect(this.server.port);
    this.#strangers.push(one);
    return one;
  }

  async #remove(): Promise<void> {
    for (const { wire } of this.#strangers.splice(0)) wire.duplex.destroy();
    await this.#server?.stop();
    this.#server = undefined;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
