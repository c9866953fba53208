import type { Duplex } from 'node:stream';
import { ContainerModule } from 'inversify';
import type { Dialed } from '../../src/adapters/wire/connect/line-link.js';
import { StreamChannel } from '../../src/adapters/wire/listen/stream-channel.js';
import type { WireConnections } from '../../src/adapters/wire/listen/wire-connections.js';
import type { Transport } from '../../src/application/server/transport-ports.js';
import { TOKENS } from '../../src/container/tokens.js';
import { memoryLine } from '../support/streams.js';

/** Lets clients of the same process into the room, over pairs of streams: the smallest transport that there can be. */
export class StreamPairTransport implements Transport {
  #isOpen = false;

  constructor(private readonly connections: Pick<WireConnections, 'accept'>) {}

  async start() {
    this.#isOpen = true;
    return [{ host: 'memory', port: 0 }];
  }

  async stop(): Promise<void> {
    this.#isOpen = false;
  }

  /** A client's end of a new line. */
  async dial(): Promise<Dialed<Duplex>> {
    if (!this.#isOpen) throw new Error('not open');
    const [near, far] = await memoryLine();
    this.connections.accept(new StreamChannel(near));
    return { stream: far, peer: { name: '', isEncrypted: false } };
  }
}

/** Its module: loaded beside the others, it is one way more into the same room. */
export const streamPair = new ContainerModule(({ bind }) => {
  bind(TOKENS.Transport).toResolvedValue(
    connections => new StreamPairTransport(connections),
    [TOKENS.Connections],
  );
});
