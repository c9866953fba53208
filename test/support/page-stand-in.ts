import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { ROOT } from './cli.js';

const WELCOME = {
  ...{ username: 'carl', content: 'Warm Welcome', resume: 'x'.repeat(32), seq: 10, resumed: false },
  ...{ epoch: 'e', head: 10, users: ['carl'], count: 1, graceMs: 60_000, silenceMs: 45_000 },
  maxMessageBytes: 4096,
};

/** That somebody has said something. */
export const memo = (username: string, content: string, seq: number, more: object = {}) => ({
  Broadcast: { username, content, seq, at: 1_795_000_000_000 + seq, kind: 'message', ...more },
});

/** A server of the page that says what a test wants it to say. */
export class PageStandIn {
  /** Of the connections that there are, the newest last. */
  readonly lines: WebSocket[] = [];
  /** What a welcome has beside what it always has. */
  welcome: object = {};
  /** What is answered to each command beside a Join, which is let in; by its verb. */
  readonly answers: Record<string, (body: Record<string, unknown>) => unknown> = {
    Who: ({ ref }) => ({ Users: { ref, users: ['carl'], away: [], done: true } }),
    Ping: () => ({ Pong: 1 }),
  };
  readonly #http = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(readFileSync(join(ROOT, 'bundle/page.html')));
  });

  static async start(): Promise<PageStandIn> {
    const server = new PageStandIn();
    const sockets = new WebSocketServer({ server: server.#http });
    sockets.on('connection', socket => server.#accept(socket));
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  /** Says a response to everybody, or a text as it stands. */
  say(response: unknown): void {
    const line = typeof response === 'string' ? response : `${JSON.stringify(response)}\n`;
    for (const socket of this.lines) socket.send(line);
  }

  stop(): void {
    for (const socket of this.lines) socket.terminate();
    this.#http.close();
  }

  #accept(socket: WebSocket): void {
    this.lines.push(socket);
    socket.on('error', () => {});
    socket.on('message', data => {
      for (const line of String(data).split('\n').filter(Boolean)) this.#hear(socket, JSON.parse(line));
    });
  }

  #hear(socket: WebSocket, command: Record<string, Record<string, unknown>>): void {
    const [verb = '', body = {}] = Object.entries(command)[0] ?? [];
    const answer =
      verb === 'Join'
        ? { Joined: { ...WELCOME, username: body.username, ...this.welcome } }
        : this.answers[verb]?.(body);
    if (answer !== undefined) socket.send(`${JSON.stringify(answer)}\n`);
  }
}
