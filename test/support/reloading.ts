import { parseConfig } from '../../src/adapters/config/config.js';
import type { LiveSettings } from '../../src/adapters/config/live-settings.js';
import { ServerConfig, type ServerSettings } from '../../src/adapters/config/server-config.js';
import { createServer } from '../../src/container/server.js';
import { TOKENS } from '../../src/container/tokens.js';
import { MemoryChannel } from '../doubles/memory-channel.js';
import { TestKey } from './keys.js';
import { startServer } from './server.js';
import { until } from './until.js';

/** Where strangers come from: nothing that is limited is so for this machine itself. */
export const ELSEWHERE = '192.0.2.1';

type Container = Awaited<ReturnType<typeof createServer>>;

/** A running server whose settings change, and lines to it without sockets. */
export class Reloading {
  #count = 0;
  readonly #channels: MemoryChannel[] = [];

  private constructor(
    readonly container: Container,
    readonly port: number,
    private readonly given: ServerSettings,
    private readonly end: () => Promise<void>,
    /** That of the page, if there is one. */
    readonly webPort = 0,
    /** For people who come with ssh, if the server takes them. */
    readonly sshPort = 0,
  ) {}

  static async start(given: ServerSettings): Promise<Reloading> {
    const started = await startServer(given);
    const ssh = started.addresses.find(({ scheme }) => scheme === 'ssh');
    return new Reloading(started.container, started.port, given, started.stop, started.webPort, ssh?.port);
  }

  /** One that does not run, with the log that servers have. */
  static async withLog(given: ServerSettings): Promise<Reloading> {
    const container = await createServer(parseConfig(ServerConfig, { history: 'memory', ...given }));
    return new Reloading(container, 0, given, async () => {});
  }

  get settings(): LiveSettings {
    return this.container.get(TOKENS.LiveSettings);
  }

  change(settings: ServerSettings): void {
    const all = { host: '127.0.0.1', port: 0, history: 'memory', ...this.given, ...settings };
    this.settings.change(parseConfig(ServerConfig, all));
  }

  /** Nobody keeps a server waiting that stops. */
  async stop(): Promise<void> {
    for (const channel of this.#channels) channel.close();
    await this.end();
  }

  /** As good as never seen before. */
  newName(): string {
    return `user${++this.#count}`;
  }

  /** Somebody connects. */
  come(address?: string): MemoryChannel {
    const channel = new MemoryChannel();
    channel.address = address;
    this.#channels.push(channel);
    this.container.get(TOKENS.Connections).accept(channel);
    return channel;
  }

  /** Somebody is in the room, in the extended form. */
  async join(address?: string, more: object = {}): Promise<MemoryChannel> {
    const channel = this.come(address);
    channel.receive({ Join: { username: this.newName(), ...more } });
    await until(() => has(channel, 'Joined'));
    return channel;
  }

  /** Whether somebody is let in who joins under this name, soon; they leave again. */
  async admits(address?: string, username = this.newName(), more: object = {}): Promise<boolean> {
    const channel = this.come(address);
    channel.receive({ Join: { username, ...more } });
    await turns();
    const isIn = has(channel, 'Joined');
    channel.close();
    return isIn;
  }

  /** Somebody has said so much. */
  async say(messages: number, bytes = 10): Promise<void> {
    const channel = await this.join();
    for (let n = 0; n < messages; n++) channel.receive(send('x'.repeat(bytes)));
    await until(() => channel.lines.filter(line => 'Accepted' in Object(line)).length === messages);
  }

  /** Whether somebody can claim a name that is nobody's. */
  async claims(key = new TestKey().key, username = this.newName()): Promise<boolean> {
    const { claims } = this.container.get(TOKENS.NameOwnership);
    return (await claims?.claim(username, key, 'home')) !== undefined;
  }

  async messages(): Promise<number> {
    const log = this.container.get(TOKENS.RoomLog);
    return (await log.messagesBefore(Number.MAX_SAFE_INTEGER, 200)).length;
  }
}

let refs = 0;

export function send(content: string): object {
  return { Send: { content, ref: String(++refs) } };
}

/** Whether the client was told such a response. */
export function has({ lines }: MemoryChannel, response: string): boolean {
  return lines.some(line => response in Object(line));
}

/** What the client was told in its first response of this kind. */
export function told(channel: MemoryChannel, response: string): Record<string, unknown> {
  const line = channel.lines.find(each => response in Object(each)) as Record<string, object> | undefined;
  return { ...line?.[response] };
}

/** Turns of the event loop, in a few milliseconds: what is done at once is done by then, on a machine that is busy too. */
export async function turns(): Promise<void> {
  for (let n = 0; n < 100; n++) await new Promise(resolve => setImmediate(resolve));
}
