import { ConnectFailure, type NewLink, type Peer } from '../../application/client/ports.js';
import { type Dialed, LineLink, type NextTurn } from '../wire/connect/line-link.js';
import { SocketBytes } from './socket-bytes.js';

/** How long a line may take to come about, in milliseconds. */
const DIAL_MS = 10_000;

/** Lines to the server that the page has come from. */
export function linksTo(page: Location): NewLink {
  const url = new URL('chat', page.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const peer: Peer = { name: page.origin, isEncrypted: url.protocol === 'wss:' };
  return () => new LineLink(() => dial(url, peer), nextTurn);
}

/** @throws {ConnectFailure} without a reason: a browser tells none */
function dial(url: URL, peer: Peer): Promise<Dialed<SocketBytes>> {
  const socket = new WebSocket(url);
  const dialed = Promise.withResolvers<Dialed<SocketBytes>>();
  const fail = (code: 'TIMED_OUT' | 'UNREACHABLE') => {
    dialed.reject(new ConnectFailure(code, { host: url.hostname, port: Number(url.port) }));
    socket.close();
  };
  const timer = setTimeout(() => fail('TIMED_OUT'), DIAL_MS);
  socket.addEventListener('open', () => {
    clearTimeout(timer);
    dialed.resolve({ stream: new SocketBytes(socket), peer });
  });
  socket.addEventListener('close', () => {
    clearTimeout(timer);
    fail('UNREACHABLE'); // heard by nobody once it was open
  });
  return dialed.promise;
}

const channel = new MessageChannel();
const turns: (() => void)[] = [];
channel.port1.onmessage = () => turns.shift()?.();

/** A timer waits 4 ms at least, and a second where the page is not seen. */
const nextTurn: NextTurn = () =>
  new Promise(resolve => {
    turns.push(resolve);
    channel.port2.postMessage(0);
  });
