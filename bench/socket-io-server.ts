// The room of a socket.io server: what it is told, it tells everybody else. The package is in the folder that it is given.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** As much of socket.io as is used. */
interface Socket {
  on(event: 'say', listener: (name: string, body: string) => void): void;
  readonly broadcast: { emit(event: 'say', name: string, body: string): void };
}
interface SocketIo {
  readonly Server: new (
    server: object,
    options: { readonly transports: readonly string[]; readonly pingInterval: number },
  ) => { on(event: 'connection', listener: (socket: Socket) => void): void };
}

const folder = process.argv[2] ?? '';
const { Server } = createRequire(join(folder, 'package.json'))('socket.io') as SocketIo;
const http = createServer();

new Server(http, { transports: ['websocket'], pingInterval: 300_000 }).on('connection', socket => {
  socket.on('say', (name, body) => socket.broadcast.emit('say', name, body));
});

http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`listens on 127.0.0.1 port ${(http.address() as AddressInfo).port}\n`);
});
