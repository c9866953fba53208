import type { Duplex } from 'node:stream';
import { SettlingChannel } from '../../src/adapters/tls/listen/settling-channel.js';
import { SharedFrames } from '../../src/adapters/web/frames.js';
import { WebSocketChannel } from '../../src/adapters/web/web-socket-channel.js';
import type { Form } from '../../src/adapters/wire/commands.js';
import type { Channel } from '../../src/adapters/wire/listen/channel.js';
import { ResponseWriter } from '../../src/adapters/wire/listen/response.js';
import { StreamChannel } from '../../src/adapters/wire/listen/stream-channel.js';
import type { Outlet } from '../../src/application/server/broadcast-ports.js';
import { MemoryOutlet } from '../doubles/memory-outlet.js';
import { encryptedLine, type Line, memoryLine, socketLine } from './streams.js';
import { webLine } from './web-line.js';

/** An outlet with somebody at its other end: what every adapter of the Outlet port is tested through. */
export interface Reader {
  readonly outlet: Outlet;
  /** The other end joins in this form. */
  join(form: Form): void;
  /** Everything the other end has read. */
  readonly text: string;
  /** The whole lines of it. */
  readonly lines: readonly string[];
  /** Every reason that this end was told. */
  readonly ends: readonly string[];
  /** The other end stops reading, or goes on. */
  reading(on: boolean): void;
  close(): void;
}

/** One entry for every way in which members are reached. */
export const READERS: Record<string, () => Promise<Reader>> = {
  memory: async () => memoryReader(),
  'a TCP socket': async () => streamReader(await socketLine()),
  'an encrypted line': async () => streamReader(await encryptedLine(), near => new SettlingChannel(near)),
  'a WebSocket': async () =>
    streamReader(
      await webLine(),
      near => new WebSocketChannel(new StreamChannel(near), '', 8192, new SharedFrames()),
    ),
  'a pair of streams': async () => streamReader(await memoryLine()),
};

/** What a connection may leave unread of its answers. */
const MAX_BACKLOG_BYTES = 256 * 1024;

class Heard {
  readonly lines: string[] = [];
  #rest = '';
  #whole = '';

  get text(): string {
    return this.#whole + this.#rest;
  }

  hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
    for (const line of lines) this.#whole += `${line}\n`;
  }
}

function memoryReader(): Reader {
  const heard = new Heard();
  const ends: string[] = [];
  const outlet = new MemoryOutlet(
    bytes => heard.hear(Buffer.from(bytes).toString()),
    reason => ends.push(reason),
  );
  return reader(heard, ends, outlet, on => {
    outlet.reading = on;
  });
}

function streamReader(
  [near, far]: Line,
  channelOver: (near: Duplex) => Channel = near => new StreamChannel(near),
): Reader {
  const heard = new Heard();
  const ends: string[] = [];
  far.setEncoding('utf8');
  far.on('data', (text: string) => heard.hear(text));
  for (const end of [near, far]) end.on('error', () => {});
  near.resume();
  return reader(
    heard,
    ends,
    new ResponseWriter(channelOver(near), { maxBacklogBytes: MAX_BACKLOG_BYTES }, reason =>
      ends.push(reason),
    ),
    on => void (on ? far.resume() : far.pause()),
    () => {
      near.destroy();
      far.destroy();
    },
  );
}

function reader(
  heard: Heard,
  ends: string[],
  outlet: Outlet & { form: Form },
  reading: (on: boolean) => void,
  close: () => void = () => {},
): Reader {
  return {
    outlet,
    join(form) {
      outlet.form = form;
    },
    ends,
    reading,
    close,
    lines: heard.lines,
    get text() {
      return heard.text;
    },
  };
}
