import { connect, type Socket } from 'node:net';

/** Where a socket is, and where it goes. */
export interface Way {
  readonly port: number;
  /** The address of this machine from which it comes. */
  readonly from?: string;
}

/** Somebody who attacks, with a name that nobody else has each time it is asked. */
export interface Attacker extends Way {
  name(): string;
}

export type Attack = (attacker: Attacker) => Promise<void>;

export function dial({ port, from }: Way): Socket {
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    ...(from !== undefined && { localAddress: from }),
  });
  socket.on('error', () => {});
  return socket;
}

const PIECE = 64 * 1024;

/** Keeps the line full with the same, as far as the server reads. */
export function keepFull(socket: Socket, command: string | Buffer): void {
  const one = Buffer.from(command as string);
  const piece = Buffer.concat(Array.from({ length: Math.ceil(PIECE / one.length) }, () => one));
  const pump = () => {
    if (!socket.destroyed) socket.write(piece, pump);
  };
  pump();
}
