import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ClientOptions, createWebSocketStream, WebSocket } from 'ws';
import { switchingProtocols } from '../../src/adapters/web/upgrade.js';
import type { Dialed } from '../../src/adapters/wire/connect/line-link.js';
import type { ServerAddress } from '../../src/application/chat-request.js';
import type { Line } from './streams.js';

/** What a page of the server's own would be told as its origin. */
export function originOf({ host, port }: ServerAddress, isEncrypted = false): string {
  return `${isEncrypted ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A WebSocket to a server, not open yet. */
export function newWebSocket(
  address: ServerAddress,
  options: ClientOptions = {},
  isEncrypted = false,
): WebSocket {
  const url = originOf(address, isEncrypted).replace(/^http/, 'ws');
  const common = { perMessageDeflate: false, rejectUnauthorized: false };
  return new WebSocket(`${url}/chat`, { ...common, ...options });
}

/** A line to a server as a page of its own has it: each write is a message. */
export async function dialWeb(address: ServerAddress, isEncrypted = false): Promise<Dialed<Duplex>> {
  const name = originOf(address, isEncrypted);
  const socket = newWebSocket(address, { origin: name }, isEncrypted);
  await once(socket, 'open');
  return { stream: streamOf(socket), peer: { name, isEncrypted } };
}

/** The socket that is left after a handshake, and what a client reads of the frames that are written to it. */
export async function webLine(): Promise<Line> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const upgraded = once(server, 'upgrade') as Promise<[IncomingMessage, Duplex]>;
  void upgraded.then(([request, near]) => near.write(switchingProtocols(request)));
  const far = newWebSocket({ host: '127.0.0.1', port });
  await once(far, 'open');
  const [, near] = await upgraded;
  server.close();
  return [near, streamOf(far)];
}

function streamOf(socket: WebSocket): Duplex {
  return createWebSocketStream(socket, { decodeStrings: false });
}
