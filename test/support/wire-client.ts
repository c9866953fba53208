import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A client made of bare bytes: it writes what it is told, and keeps every line that comes. */
export class WireClient {
  readonly lines: string[] = [];
  readonly closed: Promise<void>;
  #taken = 0;
  #rest = '';
  #changed = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(readonly duplex: Duplex) {
    duplex.setEncoding('utf8');
    duplex.on('data', (text: string) => this.#onText(text));
    duplex.on('error', () => {});
    duplex.on('end', () => duplex.end());
    this.closed = new Promise(resolve => {
      duplex.once('close', () => {
        this.#isClosed = true;
        this.#change();
        resolve();
      });
    });
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<WireClient> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  static async joined(port: number, name: string): Promise<WireClient> {
    const client = await WireClient.connect(port);
    client.join(name);
    await client.next(line => line.startsWith('{"Joined"'));
    return client;
  }

  get socket(): Socket {
    return this.duplex as Socket;
  }

  write(bytes: string | Uint8Array): void {
    this.duplex.write(bytes);
  }

  join(name: string): void {
    this.write(`${JSON.stringify({ Join: name })}\n`);
  }

  send(username: string, content: string): void {
    this.write(`${JSON.stringify({ Send: { username, content } })}\n`);
  }

  leave(name: string): void {
    this.write(`${JSON.stringify({ Leave: name })}\n`);
  }

  /** The next line not yet taken that `matches`, passing over those that do not; rejects if the line ends first. */
  async next(matches: (line: string) => boolean = () => true): Promise<string> {
    for (;;) {
      while (this.#taken < this.lines.length) {
        const line = this.lines[this.#taken++] ?? '';
        if (matches(line)) return line;
      }
      if (this.#isClosed)
        throw new Error(
          `closed after ${JSON.stringify(this.lines.slice(-5).map(line => line.slice(0, 100)))}`,
        );
      await this.#changed.promise;
    }
  }

  /** Cuts the line as a crash does: with a reset where there is a socket. */
  async reset(): Promise<void> {
    if ('resetAndDestroy' in this.duplex) this.socket.resetAndDestroy();
    else this.duplex.destroy();
    await this.closed;
  }

  async end(): Promise<void> {
    this.duplex.end();
    this.duplex.resume();
    await this.closed;
  }

  #onText(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

export const said = (username: string, content: string) =>
  JSON.stringify({ Broadcast: { username, content } });

/** Matches any notice of the server, or the one whose text `part` is in. */
export const notice =
  (part = '') =>
  (line: string): boolean =>
    line.startsWith('{"Broadcast":{"username":"chatty"') && line.includes(part);
