import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import { TOKENS } from '../../src/container/tokens.js';
import { TestKey } from './keys.js';
import { type StartedServer, startServer } from './server.js';
import { type Answer, Stranger } from './stranger.js';
import { until } from './until.js';

/** A room with order in it: Anna is its operator, and others come and go. */
export class OrderlyRoom {
  readonly folder = mkdtempSync(join(tmpdir(), 'chatty-orderly-'));
  readonly keys = new Map<string, TestKey>();
  readonly #strangers: Stranger[] = [];
  #server: StartedServer | undefined;

  get server(): StartedServer {
    if (this.#server === undefined) throw new Error('not started');
    return this.#server;
  }

  async start(settings: ServerSettings = {}): Promise<void> {
    await this.#server?.stop();
    this.#server = await startServer({ history: 'sqlite', dataDir: this.folder, ...settings });
  }

  async stop(): Promise<void> {
    for (const { wire } of this.#strangers.splice(0)) wire.duplex.destroy();
    await this.#server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async stranger(): Promise<Stranger> {
    const one = await Stranger.connect(this.server.port);
    this.#strangers.push(one);
    return one;
  }

  keyOf(username: string): TestKey {
    const key = this.keys.get(username) ?? new TestKey();
    this.keys.set(username, key);
    return key;
  }

  /** Somebody comes in with a key of their own; twice with the same. */
  async enter(username: string, more: object = {}): Promise<[Stranger, Answer]> {
    const one = await this.stranger();
    return [one, await one.join(username, this.keyOf(username), more)];
  }

  /** Somebody comes in without a key. */
  async enterBare(username: string, more: object = {}): Promise<[Stranger, Answer]> {
    const one = await this.stranger();
    return [one, await one.ask('Join', { username, history: 0, ...more })];
  }

  /** Anna is here, and an operator. */
  async anna(): Promise<Stranger> {
    const [one] = await this.enter('anna');
    await this.server.container
      .get(TOKENS.ModerateRoom)
      .execute('machine', { action: 'operator', target: 'anna' });
    return one;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the server says
export async function moderate(one: Stranger, body: object): Promise<any> {
  return (await one.ask('Moderate', { ref: 'm', ...body }, 'Moderated')).body;
}

export async function refusal(one: Stranger, body: object): Promise<string> {
  return (await one.ask('Moderate', { ref: 'm', ...body }, 'Refused')).body.code;
}

/** What the server has said of the room to somebody. */
export function changes(one: Stranger): { content: string; change: Record<string, unknown>; seq: number }[] {
  return one.wire.lines
    .filter(text => text.startsWith('{"Broadcast"') && text.includes('"kind":"notice"'))
    .map(text => JSON.parse(text).Broadcast);
}

export async function notice(one: Stranger) {
  await until(() => changes(one).length > 0);
  return changes(one).at(-1);
}
