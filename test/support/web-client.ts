import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { WebSocket } from 'ws';
import { until } from './until.js';
import { newWebSocket, originOf } from './web-line.js';

const HOST = '127.0.0.1';

/** A page, as far as the server sees it: a WebSocket, and every line that comes. */
export class WebClient {
  readonly lines: string[] = [];
  /** How the server has closed it. */
  code: number | undefined;
  #taken = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data, isBinary) => {
      if (isBinary) throw new Error('a binary message');
      const text = String(data);
      if (!text.endsWith('\n')) throw new Error(`no whole lines: ${text}`);
      this.lines.push(...text.slice(0, -1).split('\n'));
    });
    socket.on('close', code => {
      this.code = code;
    });
    socket.on('error', () => {});
  }

  /** @param headers of the request, in place of those of a page of the server's own */
  static async open(port: number, headers?: Record<string, string>, isEncrypted = false): Promise<WebClient> {
    const own = { Origin: originOf({ host: HOST, port }, isEncrypted) };
    const client = new WebClient(
      newWebSocket({ host: HOST, port }, { headers: headers ?? own }, isEncrypted),
    );
    await once(client.socket, 'open');
    return client;
  }

  static async joined(port: number, join: string | object): Promise<WebClient> {
    const client = await WebClient.open(port);
    client.say({ Join: join });
    await client.next(line => line.startsWith('{"Joined"'));
    return client;
  }

  say(...commands: object[]): void {
    this.socket.send(commands.map(command => `${JSON.stringify(command)}\n`).join(''));
  }

  /** The next line that matches, passing over others. */
  async next(matches: (line: string) => boolean): Promise<string> {
    let found: string | undefined;
    await until(() => {
      while (found === undefined && this.#taken < this.lines.length) {
        const line = this.lines[this.#taken++] ?? '';
        if (matches(line)) found = line;
      }
      return found !== undefined;
    });
    return found ?? '';
  }

  async closed(): Promise<number | undefined> {
    await until(() => this.code !== undefined);
    return this.code;
  }
}

/** What a server says to these bytes, until it hangs up. */
export async function answerTo(
  port: number,
  bytes: string | Uint8Array,
  isEncrypted = false,
): Promise<string> {
  const at = { port, host: HOST };
  const socket: Socket = isEncrypted ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
  let answer = '';
  socket.setEncoding('latin1');
  socket.on('data', text => {
    answer += text;
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

/** A request as a browser makes it. */
export function get(path: string, headers: Record<string, string> = {}, method = 'GET'): string {
  const all = Object.entries({ Host: 'localhost', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${path} HTTP/1.1\r\n${all.join('')}\r\n`;
}

/** One that is to become a WebSocket. */
export function upgrade(headers: Record<string, string> = {}, path = '/chat'): string {
  return get(path, {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  });
}
