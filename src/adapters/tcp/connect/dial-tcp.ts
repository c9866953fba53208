import { connect, type Socket } from 'node:net';
import type { ServerAddress } from '../../../application/chat-request.js';
import { ConnectFailure, type ConnectFailureCode } from '../../../application/client/ports.js';
import type { Dialed } from '../../wire/connect/line-link.js';
import { endpoint } from '../../wire/endpoint.js';

/** How long a server may take to be reached, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

const FAILURE_CODES: Record<string, ConnectFailureCode> = {
  ECONNREFUSED: 'REFUSED',
  ENOTFOUND: 'UNKNOWN_HOST',
  EAI_AGAIN: 'UNKNOWN_HOST',
  ETIMEDOUT: 'TIMED_OUT',
  ABORT_ERR: 'TIMED_OUT',
};

/** Opens a TCP connection to a server. @param signal gives up @throws {ConnectFailure} */
export function dialTcp(address: ServerAddress, signal?: AbortSignal): Promise<Dialed<Socket>> {
  return new Promise((resolve, reject) => {
    const kept = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 15_000 };
    const socket = connect({ ...address, ...kept, ...(signal && { signal }) });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new ConnectFailure('TIMED_OUT', address));
    }, CONNECT_TIMEOUT_MS);
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const code = FAILURE_CODES[cause.code ?? ''] ?? 'UNREACHABLE';
      reject(new ConnectFailure(code, address, { cause }));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      const name = endpoint(socket.remoteAddress, socket.remotePort);
      resolve({ stream: socket, peer: { name, isEncrypted: false } });
    });
  });
}
