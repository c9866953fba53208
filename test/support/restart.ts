import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { dialTls } from '../../src/adapters/tls/connect/dial-tls.js';
import { eventText } from '../../src/adapters/view/event-text.js';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import type { ClientEvent } from '../../src/application/client/client-event.js';
import { Membership } from '../../src/application/client/membership.js';
import { MemoryKnownServers } from '../doubles/memory-known-servers.js';
import { ROOT } from './cli.js';
import { HeldSocket } from './held-socket.js';
import { until } from './until.js';

const HOST = '127.0.0.1';
const PATIENCE_MS = 60_000;

export interface RestartOrder {
  readonly clients: number;
  /** So many of them say something all the time, each of them once in so many milliseconds. */
  readonly senders: number;
  readonly everyMs: number;
  readonly isEncrypted?: boolean;
  /** Whether the socket stays while the server is down. */
  readonly keepsSocket?: boolean;
  readonly signal?: 'SIGTERM' | 'SIGKILL';
  /** What the server is started with, and with what else the first time. */
  readonly flags?: readonly string[];
  readonly flagsAtFirst?: readonly string[];
}

/** Times in milliseconds; what should be nothing is counted over all clients together. */
export interface RestartResult {
  /** From the signal until the old process was gone, until the new one listened, and until everybody was back. */
  readonly gone: number;
  readonly listening: number;
  readonly back: number;
  /** Half of the clients were back by then. */
  readonly halfBack: number;
  readonly said: number;
  readonly lost: number;
  readonly twice: number;
  readonly disordered: number;
  /** How often somebody was told that somebody had joined or left. */
  readonly presence: number;
  /** Who was not under their session again. */
  readonly anew: number;
  /** Lines that a person at a client was shown of all this, at most. */
  readonly lines: number;
}

/** A client as people have it, and what a person at it would have seen. */
class Member {
  isIn = false;
  said = 0;
  accepted = 0;
  lines = 0;
  presence = 0;
  twice = 0;
  disordered = 0;
  anew = 0;
  /** By `performance.now()`. */
  backAt: number | undefined;
  /** The last number heard of each sender. */
  readonly heard = new Map<string, number>();
  readonly #membership: Membership;

  constructor(
    readonly name: string,
    newLink: () => LineLink,
  ) {
    this.#membership = new Membership(newLink, event => this.#see(event), { history: 0 });
  }

  async stay(): Promise<void> {
    void this.#membership.stay(this.name).catch(() => {});
    await this.#membership.joined;
  }

  say(): Promise<void> {
    return this.#membership.session.send({ content: `${this.name} ${++this.said}` });
  }

  /** What comes from now on counts. */
  begin(): void {
    this.lines = this.presence = 0;
  }

  hangUp(): void {
    this.#membership.leave('unsaid');
  }

  #see(event: ClientEvent): void {
    if (event.type === 'Memo') this.#hear(event);
    else if (eventText(event) !== undefined) this.lines++;
    if (event.type === 'Welcome') this.isIn = true;
    else if (event.type === 'Accepted') this.accepted++;
    else if (event.type === 'Reconnecting') this.isIn = false;
    else if (event.type === 'Reconnected') {
      this.isIn = true;
      this.backAt = performance.now();
      if (!event.resumed || event.gap !== undefined) this.anew++;
    }
  }

  #hear({ kind, content }: Extract<ClientEvent, { type: 'Memo' }>): void {
    if (kind !== 'message') {
      this.presence++;
      return;
    }
    const [sender = '', number = ''] = content.split(' ');
    const before = this.heard.get(sender) ?? 0;
    if (Number(number) <= before) this.twice++;
    else if (Number(number) !== before + 1) this.disordered++;
    this.heard.set(sender, Math.max(before, Number(number)));
  }
}

/** The server, as a manager of services has it, which starts it again at once when it has ended. */
class Service {
  #stdout = '';
  #child: ChildProcess | undefined;
  port = 0;

  constructor(
    private readonly flags: readonly string[],
    private readonly held?: HeldSocket,
  ) {}

  /** Resolves when it listens. */
  async start(more: readonly string[] = []): Promise<void> {
    this.#stdout = '';
    if (this.held === undefined) this.#spawn(more);
    else this.held.start();
    const said = () => this.held?.stdout ?? this.#stdout;
    await until(() => said().includes('chatty listens on'), PATIENCE_MS);
    this.port = Number(/port (\d+)/.exec(said())?.[1]);
  }

  /** Resolves when the process is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.held !== undefined) return this.held.end(signal);
    this.#child?.kill(signal);
    if (this.#child !== undefined) await once(this.#child, 'exit');
  }

  #spawn(more: readonly string[]): void {
    const [command = '', ...args] = [...serverCommand(this.flags), '--port', String(this.port), ...more];
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child.stdout?.on('data', chunk => {
      this.#stdout += String(chunk);
    });
  }
}

const serverCommand = (flags: readonly string[]) => [
  ...[process.execPath, join(ROOT, 'bin/run.js'), 'server:start', '--host', HOST, '--log-level', 'silent'],
  ...flags,
];

/** Restarts a server under a room that talks, and tells what everybody noticed of it. */
export async function restart(order: RestartOrder): Promise<RestartResult> {
  const { clients, senders, everyMs, isEncrypted = false, signal = 'SIGTERM', flags = [] } = order;
  const folder = mkdtempSync(join(tmpdir(), 'chatty-restart-'));
  const all = ['--data-dir', folder, ...flags];
  const held = order.keepsSocket === true ? await HeldSocket.open(serverCommand(all)) : undefined;
  const service = new Service(all, held);
  const known = new MemoryKnownServers();
  const newLink = () => {
    const address = { host: HOST, port: service.port };
    const dial = () => dialTcp(address);
    return new LineLink(isEncrypted ? () => dialTls(dial, { address }, known) : dial);
  };
  const members = Array.from({ length: clients }, (_, n) => new Member(`member${n}`, newLink));
  const speakers = members.slice(0, senders);
  try {
    await service.start(order.flagsAtFirst);
    await members[0]?.stay(); // who learns the key for all
    for (let n = 1; n < clients; n += 20)
      await Promise.all(members.slice(n, n + 20).map(member => member.stay()));
    await delay(1000); // the joins are heard out
    for (const member of members) member.begin();
    const talk = setInterval(() => {
      for (const speaker of speakers) void speaker.say();
    }, everyMs);
    await delay(1000);
    const began = performance.now();
    const since = () => performance.now() - began;
    await service.end(signal);
    const gone = since();
    await service.start();
    const listening = since();
    const isBack = (member: Member) => member.isIn && member.backAt !== undefined;
    await until(() => members.every(isBack), PATIENCE_MS).catch(() => {});
    await delay(500);
    clearInterval(talk);
    await until(() => complete(members, speakers), PATIENCE_MS / 4).catch(() => {}); // what is missing is counted
    const backAt = members.map(member => (member.backAt ?? Number.POSITIVE_INFINITY) - began);
    const sorted = backAt.toSorted((a, b) => a - b);
    return {
      gone,
      listening,
      back: sorted.at(-1) ?? 0,
      halfBack: sorted[Math.floor(clients / 2)] ?? 0,
      said: sum(speakers, ({ said }) => said),
      lost: missing(members, speakers),
      twice: sum(members, ({ twice }) => twice),
      disordered: sum(members, ({ disordered }) => disordered),
      presence: sum(members, ({ presence }) => presence),
      anew: sum(members, ({ anew }) => anew),
      lines: Math.max(...members.map(({ lines }) => lines)),
    };
  } finally {
    for (const member of members) member.hangUp();
    if (held === undefined) await service.end('SIGKILL');
    await held?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const sum = (members: readonly Member[], of: (member: Member) => number) =>
  members.reduce((all, member) => all + of(member), 0);

/** Messages that somebody should have heard, or had confirmed, and did not. */
function missing(members: readonly Member[], speakers: readonly Member[]): number {
  const unheard = members.flatMap(member =>
    speakers.map(({ name, said }) => (name === member.name ? 0 : said - (member.heard.get(name) ?? 0))),
  );
  return unheard.reduce((all, one) => all + one, 0) + sum(speakers, ({ said, accepted }) => said - accepted);
}

const complete = (members: readonly Member[], speakers: readonly Member[]) =>
  missing(members, speakers) === 0;
