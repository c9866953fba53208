import type { Socket } from 'node:net';

/**
 * A few connections at a time. One more takes the place of the oldest one, of the address that has most of them: who holds
 * connections open keeps out neither others nor, for long, themselves.
 */
export class FewSockets {
  readonly #sockets = new Set<Socket>();

  constructor(private readonly max: number) {}

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#sockets.size <= this.max) return;
    const oldest = this.#oldest();
    this.#sockets.delete(oldest);
    oldest.destroy();
  }

  #oldest(): Socket {
    const ofAddress = Map.groupBy(this.#sockets, socket => socket.remoteAddress);
    const [most] = [...ofAddress.values()].sort((one, other) => other.length - one.length);
    return most?.[0] as Socket;
  }
}
