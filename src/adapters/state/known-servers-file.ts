import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ServerAddress } from '../../application/chat-request.js';
import type { KnownServers } from '../../application/client/ports.js';

type Pins = Record<string, unknown>;

/** The keys of servers as a JSON object in a file: `"chat.example.org:8081": "<pin>"`. */
export class KnownServersFile implements KnownServers {
  readonly location: string;

  constructor(folder: string) {
    this.location = join(folder, 'known_hosts.json');
  }

  async pinOf(server: ServerAddress): Promise<string | undefined> {
    const pin = (await this.#read())[keyOf(server)];
    if (pin !== undefined && typeof pin !== 'string') throw new Error('not a pin');
    return pin;
  }

  async remember(server: ServerAddress, pin: string): Promise<void> {
    const draft = join(dirname(this.location), `.known-${randomUUID()}.tmp`);
    try {
      const pins = { ...(await this.#read()), [keyOf(server)]: pin };
      await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
      await writeFile(draft, `${JSON.stringify(pins, null, 2)}\n`, { mode: 0o600, flush: true });
      await rename(draft, this.location);
    } catch {
      await rm(draft, { force: true }).catch(() => {}); // in a folder that cannot be written
    }
  }

  /** A file that is there but cannot be read must not make every server a new one. */
  async #read(): Promise<Pins> {
    let text: string;
    try {
      text = await readFile(this.location, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
        return {};
      throw error;
    }
    const pins: unknown = JSON.parse(text);
    if (typeof pins !== 'object' || pins === null || Array.isArray(pins)) throw new Error('not an object');
    return { ...pins };
  }
}

function keyOf({ host, port }: ServerAddress): string {
  return `${host.toLowerCase()}:${port}`;
}
