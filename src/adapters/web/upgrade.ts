import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

// How an HTTP request becomes a WebSocket, RFC 6455 section 4.2.

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const VERSION = '13';
/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Whether a request wants to go on as a WebSocket, rightly or not. */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** Why it cannot. */
export function upgradeProblem({ method, headers }: IncomingMessage): string | undefined {
  if (method !== 'GET') return 'A WebSocket begins with GET.';
  if (headers['sec-websocket-version'] !== VERSION)
    return `WebSockets of version ${VERSION} are spoken here.`;
  return KEY.test(headers['sec-websocket-key'] ?? '') ? undefined : 'The key of the WebSocket is missing.';
}

/** The answer with which it does. */
export function switchingProtocols({ headers }: IncomingMessage): string {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${GUID}`).digest('base64');
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    '\r\n',
  ].join('\r\n');
}
