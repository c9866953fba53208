import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { WireClient } from './wire-client.js';

// The original's two ends, as docs/protocol.md and its own behaviour describe them: strict where it was strict,
// careless where it was careless. They share no code with the product, so they cannot share its mistakes.

const RESPONSES = ['Joined', 'Duplicate', 'Broadcast'];

/** The original's client: ends at the first response that it does not know, to the letter. */
export class OriginalClient {
  readonly memos: string[] = [];
  failure: string | undefined;

  private constructor(readonly wire: WireClient) {}

  static async join(port: number, name: string): Promise<OriginalClient> {
    const client = new OriginalClient(await WireClient.connect(port));
    client.wire.join(name);
    client.#process(await client.wire.next());
    return client;
  }

  /** Reads until a memo is `content` by `username`. */
  async hears(username: string, content: string): Promise<void> {
    const wanted = `${username}: ${content}`;
    while (this.memos.at(-1) !== wanted) this.#process(await this.wire.next());
  }

  #process(line: string): void {
    const response: Record<string, Record<string, unknown>> = JSON.parse(line);
    const [type = '', ...more] = Object.keys(response);
    const memo = response[type] ?? {};
    const known = RESPONSES.includes(type) && more.length === 0;
    const shaped =
      Object.keys(memo).join() === 'username,content' &&
      Object.values(memo).every(v => typeof v === 'string');
    if (!known || !shaped) throw new Error(`the original ends at ${line}`);
    this.memos.push(type === 'Broadcast' ? `${memo.username}: ${memo.content}` : type);
  }
}

/** The original's server: believes the name in every message, and never hangs up. */
export class OriginalServer {
  readonly #users = new Map<string, Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(socket => this.#serve(socket));
  }

  static async start(): Promise<[OriginalServer, port: number]> {
    const original = new OriginalServer();
    original.#server.listen(0, '127.0.0.1');
    await once(original.#server, 'listening');
    const address = original.#server.address();
    return [original, typeof address === 'object' && address !== null ? address.port : 0];
  }

  /** Sends one line to everybody, whatever it is. */
  say(line: string): void {
    for (const socket of this.#sockets) socket.write(`${line}\n`);
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#read(socket, line);
    });
  }

  /** At the first line that is none of its three commands, to the letter, it hears this client no more. */
  #read(socket: Socket, line: string): void {
    const { Join, Send, Leave, ...more } = JSON.parse(line);
    const isKnown =
      Object.keys(more).length === 0 &&
      [Join, Leave].every(name => name === undefined || typeof name === 'string');
    if (isKnown) this.#process(socket, { Join, Send, Leave });
    else socket.removeAllListeners('data');
  }

  #process(
    socket: Socket,
    command: { Join?: string; Send?: { username: string; content: string }; Leave?: string },
  ): void {
    const { Join, Send, Leave } = command;
    if (Join !== undefined && this.#users.has(Join)) {
      socket.write(`${JSON.stringify({ Duplicate: { username: Join, content: 'Sorry' } })}\n`);
    } else if (Join !== undefined) {
      this.#users.set(Join, socket);
      socket.write(`${JSON.stringify({ Joined: { username: Join, content: 'Warm Welcome' } })}\n`);
      this.#broadcast(Join, 'Joined');
    } else if (Send !== undefined) {
      this.#broadcast(Send.username, Send.content);
    } else if (Leave !== undefined) {
      this.#users.delete(Leave);
      this.#broadcast(Leave, 'Left');
    }
  }

  #broadcast(username: string, content: string): void {
    for (const [name, socket] of this.#users) {
      if (name !== username) socket.write(`${JSON.stringify({ Broadcast: { username, content } })}\n`);
    }
  }
}
