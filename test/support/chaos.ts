import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import type { ChatMemo } from '../../src/application/chat-response.js';
import type { ClientEvent } from '../../src/application/client/client-event.js';
import { Membership, type MembershipOutcome } from '../../src/application/client/membership.js';
import { Program } from './cli.js';
import { FlakyProxy } from './flaky-proxy.js';
import { seeded } from './random.js';
import { Guest } from './rooms.js';
import { until } from './until.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly clients: number;
  /** Messages of each client. */
  readonly messages: number;
  /** How often the server is killed and started again. */
  readonly kills: number;
  /** Told how it goes on. */
  readonly log?: (line: string) => void;
}

/** What a run has found; every list is empty when nothing was lost. */
export interface ChaosReport {
  readonly faults: Record<string, number>;
  readonly reconnects: number;
  readonly accepted: number;
  readonly history: number;
  readonly problems: readonly string[];
}

/** Longest time between two messages of a client, in milliseconds, and between two kills. */
const PAUSE_MS = 120;
const KILL_MS = 1500;
const END_PATIENCE_MS = 60_000;

const HOST = '127.0.0.1';

/** A client as people have it, and what a person at it would have seen. */
class Talker {
  readonly accepted: string[] = [];
  readonly heard: ChatMemo[] = [];
  readonly gaps: string[] = [];
  reconnects = 0;
  unsent = 0;
  end: MembershipOutcome | undefined;
  readonly #membership: Membership;

  constructor(
    readonly name: string,
    port: number,
    private readonly random: () => number,
  ) {
    const newLink = () => new LineLink(() => dialTcp({ host: HOST, port }));
    this.#membership = new Membership(newLink, event => this.#see(event), { history: 0, random });
  }

  stay(): void {
    void this.#membership.stay(this.name).then(
      end => {
        this.end = end;
      },
      (error: unknown) => this.gaps.push(`${this.name} ended with ${error}`),
    );
  }

  async talk(messages: number): Promise<void> {
    for (let n = 0; n < messages; n++) {
      this.unsent++;
      await this.#membership.session.send({ content: `${this.name} ${n}` });
      await delay(this.random() * PAUSE_MS);
    }
  }

  leave(): void {
    this.#membership.leave('settled');
  }

  get isIn(): boolean {
    return this.#isIn;
  }

  #isIn = false;

  #see(event: ClientEvent): void {
    if (event.type === 'Welcome') this.#isIn = true;
    else if (event.type === 'Memo' && event.kind === 'message') this.heard.push(event);
    else if (event.type === 'Reconnecting') this.reconnects++;
    else if (event.type === 'Accepted') {
      this.accepted.push(event.content);
      this.unsent--;
    } else if (event.type === 'Refused') this.gaps.push(`${this.name} was refused: ${event.reason}`);
    else if (event.type === 'Reconnected' && event.gap !== undefined)
      this.gaps.push(`${this.name} was told of a gap: ${JSON.stringify(event.gap)}`);
  }
}

/**
 * People talk over lines that fail in every way, with a server that is killed again and again; then it is quiet, and
 * what everybody has seen is compared with what the server has recorded.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, clients, messages, kills, log = () => {} } = options;
  const random = seeded(seed);
  const folder = mkdtempSync(join(tmpdir(), 'chatty-chaos-'));
  const [proxy, port] = await FlakyProxy.start(random);
  let server: Program | undefined;
  const start = async () => {
    let serverPort: number;
    [server, serverPort] = await Program.server([
      ...['--data-dir', folder, '--silence-timeout', '5', '--log-level', 'silent'],
    ]);
    proxy.target = serverPort;
  };
  try {
    await start();
    const talkers = Array.from({ length: clients }, (_, n) => new Talker(`talker${n}`, port, random));
    for (const talker of talkers) talker.stay();
    await until(() => talkers.every(({ isIn }) => isIn), END_PATIENCE_MS);
    proxy.faults = { calmMs: 700, kinds: ['reset', 'half-close', 'delay', 'drop'] };
    let talking = true;
    const talks = Promise.all(talkers.map(talker => talker.talk(messages))).then(() => {
      talking = false;
    });
    for (let kill = 1; kill <= kills; kill++) {
      await delay(random() * KILL_MS);
      proxy.target = undefined;
      await server?.kill();
      await start();
      log(`killed and started again, ${kill} of ${kills}`);
    }
    proxy.faults = undefined;
    await talks;
    log(`quiet${talking ? '?' : ''}: waiting until everybody has heard everything`);
    const all = clients * messages;
    const complete = () =>
      talkers.every(({ unsent, heard }) => unsent === 0 && heard.length >= all - messages);
    await until(complete, END_PATIENCE_MS).catch(() => {}); // what is missing is told below
    const history = await readHistory(proxy.target ?? 0);
    const problems = talkers.flatMap(talker => problemsOf(talker, history, clients));
    problems.push(...(await stuckNames(talkers, proxy.target ?? 0)));
    if (history.length !== all) problems.push(`${history.length} of ${all} messages are recorded`);
    return {
      faults: proxy.struck,
      reconnects: talkers.reduce((sum, { reconnects }) => sum + reconnects, 0),
      accepted: talkers.reduce((sum, { accepted }) => sum + accepted.length, 0),
      history: history.length,
      problems,
    };
  } finally {
    proxy.stop();
    await server?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything that was recorded, the oldest first, read from outside. */
async function readHistory(port: number): Promise<ChatMemo[]> {
  const reader = await Guest.joined(
    { connect: () => new LineLink(() => dialTcp({ host: HOST, port })) },
    'reader',
    {
      attempt: 1,
      history: 0,
    },
  );
  const history: ChatMemo[] = [];
  for (let page = 0; ; page++) {
    const ref = String(page);
    const [oldest] = history;
    const before = oldest?.seq !== undefined && { before: oldest.seq };
    reader.link.request(ref, { type: 'history', limit: 200, ...before });
    await reader.answer('History', answer => answer.ref === ref && answer.done);
    const memos = reader.responses.flatMap(answer =>
      answer.type === 'History' && answer.ref === ref ? answer.memos : [],
    );
    if (memos.length === 0) break;
    history.unshift(...memos);
  }
  reader.link.leave();
  await reader.ended();
  return history;
}

function problemsOf(talker: Talker, history: readonly ChatMemo[], clients: number): string[] {
  const { name, accepted, heard, gaps, unsent } = talker;
  const problems = [...gaps];
  const recorded = history.map(({ content }) => content);
  for (const content of accepted) {
    const times = recorded.filter(one => one === content).length;
    if (times !== 1) problems.push(`"${content}" was accepted and is recorded ${times} times`);
  }
  const mine = recorded.filter(content => content.startsWith(`${name} `));
  const inOrder = mine.every((content, index) => content === `${name} ${index}`);
  if (!inOrder) problems.push(`what ${name} said is recorded as ${mine.join(', ')}`);
  const expected = recorded.filter(content => !content.startsWith(`${name} `));
  const got = heard.map(({ content }) => content);
  const wrong = expected.findIndex((content, index) => content !== got[index]);
  if (wrong !== -1 || got.length !== expected.length) {
    problems.push(
      `${name} heard ${got.length} of ${expected.length}, at ${wrong} "${got[wrong]}" for "${expected[wrong]}"`,
    );
  }
  if (unsent > 0) problems.push(`${name} has ${unsent} unanswered of ${clients}`);
  return problems;
}

/** Everybody leaves, and comes as somebody new. */
async function stuckNames(talkers: readonly Talker[], port: number): Promise<string[]> {
  for (const talker of talkers) talker.leave();
  await until(() => talkers.every(({ end }) => end !== undefined), END_PATIENCE_MS).catch(() => {});
  const problems: string[] = [];
  for (const { name, end } of talkers) {
    if (end?.type !== 'LEFT') problems.push(`${name} ended with ${JSON.stringify(end)}`);
    const guest = await Guest.open({ connect: () => new LineLink(() => dialTcp({ host: HOST, port })) });
    guest.link.join({ username: name });
    await until(() => guest.responses.length > 0);
    if (guest.responses[0]?.type !== 'Joined') problems.push(`the name ${name} is stuck`);
    guest.link.close();
  }
  return problems;
}
