import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerAddress } from '../../application/chat-request.js';
import type { KnownServers } from '../../application/client/ports.js';
import { writeWhole } from '../files/whole-file.js';

type Pins = Record<string, unknown>;

/** The keys of servers as a JSON object in a file: `"chat.example.org:8081": "<pin>"`. */
export class KnownServersFile implements KnownServers {
  readonly location: string;
  /** What could not be written: else every connection of this program would trust whoever answers. */
  readonly #unwritten = new Map<string, string>();

  constructor(folder: string) {
    this.location = join(folder, 'known_hosts.json');
  }

  async pinOf(server: ServerAddress): Promise<string | undefined> {
    const pin = (await this.#read())[keyOf(server)] ?? this.#unwritten.get(keyOf(server));
    if (pin !== undefined && typeof pin !== 'string') throw new Error('not a pin');
    return pin;
  }

  async remember(server: ServerAddress, pin: string): Promise<boolean> {
    try {
      const pins = { ...(await this.#read()), [keyOf(server)]: pin };
      writeWhole(this.location, `${JSON.stringify(pins, null, 2)}\n`);
      this.#unwritten.delete(keyOf(server));
      return true;
    } catch {
      this.#unwritten.set(keyOf(server), pin); // in a folder that cannot be written
      return false;
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
