import type { Duplex } from 'node:stream';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import type { NewLink } from '../../src/application/client/ports.js';
import { memoryLine } from './streams.js';

/** What a server does next, on one connection. */
export type HostileStep =
  | { readonly do: 'say'; readonly bytes: Buffer }
  /** Lets the client go on. */
  | { readonly do: 'pause' }
  | { readonly do: 'stop reading' | 'end' | 'reset' };

/** A server that does what a test says, whatever the client does; each connection plays the next of its scripts. */
export class HostileServer {
  connections = 0;
  /** Bytes that clients have taken. */
  taken = 0;
  readonly #lines: Duplex[] = [];

  /** @param scripts when they are at their end, the last one is played again */
  constructor(private readonly scripts: readonly (readonly HostileStep[])[]) {}

  readonly newLink: NewLink = () =>
    new LineLink(async () => {
      const [near, far] = await memoryLine();
      const script = this.scripts[Math.min(this.connections++, this.scripts.length - 1)] ?? [];
      near.on('error', () => {});
      near.resume();
      this.#lines.push(near);
      void this.#play(near, script);
      return { stream: far, peer: { name: 'hostile', isEncrypted: false } };
    });

  close(): void {
    for (const line of this.#lines) line.destroy();
  }

  async #play(line: Duplex, script: readonly HostileStep[]): Promise<void> {
    // The client has to be listening.
    await turn();
    for (const step of script) {
      if (line.destroyed) return;
      if (step.do === 'say') await this.#say(line, step.bytes);
      else if (step.do === 'stop reading') line.pause();
      else if (step.do === 'end') line.end();
      else if (step.do === 'reset') line.destroy(new Error('reset'));
      else await turn();
    }
  }

  #say(line: Duplex, bytes: Buffer): Promise<void> {
    if (line.writableEnded) return Promise.resolve();
    // Told of as well when the line is closed first.
    return new Promise(resolve => {
      line.write(bytes, error => {
        if (!error) this.taken += bytes.length;
        resolve();
      });
    });
  }
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
