import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { type Dialed, LineLink } from '../../src/adapters/wire/connect/line-link.js';
import type { ClientEvent } from '../../src/application/client/client-event.js';
import { Membership, type MembershipOutcome } from '../../src/application/client/membership.js';
import { ConnectFailure, type Signer } from '../../src/application/client/ports.js';
import { type Race, spoken, type Told, type Visitor, type Witness } from './cluster-verdict.js';
import { TestKey } from './keys.js';
import { dialWeb } from './web-line.js';
import { WireClient } from './wire-client.js';

/** Longest time between two messages of somebody, in milliseconds. */
const PAUSE_MS = 300;
/** Longest visit, and how long one who wants a name waits for an answer, in milliseconds. */
const VISIT_MS = 4000;
const ANSWER_MS = 5000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a server is to be had, and where its page is. */
export interface Place extends Address {
  readonly webPort: number;
}

/** How somebody comes. */
export interface Manner {
  /** Which server they go to, each time. */
  readonly where: () => Place;
  readonly inBrowser: boolean;
  readonly hasKey: boolean;
}

/** Somebody with the client that people have: at a server of their own, or at any of them each time. */
export class Member implements Witness {
  readonly told: Told[] = [];
  readonly accepted: { content: string; seq: number }[] = [];
  readonly refused: string[] = [];
  /** Of the refusals. */
  readonly reasons: string[] = [];
  readonly complaints: string[] = [];
  reconnects = 0;
  isIn = false;
  end: MembershipOutcome | undefined;
  #said = 0;
  #answered = 0;
  readonly #membership: Membership;

  constructor(
    readonly name: string,
    manner: Manner,
    private readonly random: () => number,
  ) {
    const options = { history: 0, random, ...(manner.hasKey && { signer: newSigner() }) };
    const newLink = () => new LineLink(() => dial(manner));
    this.#membership = new Membership(newLink, event => this.#see(event), options);
    void this.#membership.stay(name).then(
      end => {
        this.end = end;
      },
      error => this.complaints.push(`ended with ${error}`),
    );
  }

  get unsent(): number {
    return this.#said - this.#answered;
  }

  /** Talks as long as it is wanted. */
  async talk(isWanted: () => boolean): Promise<void> {
    while (isWanted()) {
      await this.#membership.session.send({ content: `${this.name} ${++this.#said}` });
      await delay(this.random() * PAUSE_MS);
    }
  }

  leave(): void {
    this.#membership.leave('settled');
  }

  #see(event: ClientEvent): void {
    if (event.type === 'Welcome') this.isIn = true;
    else if (event.type === 'Reconnecting') this.reconnects++;
    else if (event.type === 'Memo') {
      const { kind, seq, username, content } = event;
      if (kind === undefined || seq === undefined) this.complaints.push(`was told ${JSON.stringify(event)}`);
      else this.told.push({ kind, seq, username, content });
    } else if (event.type === 'Accepted') {
      this.#answered++;
      this.accepted.push({ content: event.content, seq: event.seq ?? 0 });
    } else if (event.type === 'Refused') {
      if (event.content === undefined) this.complaints.push(`was refused: ${event.reason}`);
      else {
        this.#answered++;
        this.refused.push(event.content);
        this.reasons.push(event.reason);
      }
    } else if (event.type === 'Reconnected' && event.gap !== undefined)
      this.complaints.push(`was told of a gap: ${JSON.stringify(event.gap)}`);
  }
}

async function dial({ where, inBrowser }: Manner): Promise<Dialed> {
  const { host, port, webPort } = where();
  if (!inBrowser) return dialTcp({ host, port });
  const address = { host, port: webPort };
  return dialWeb(address).catch(cause => {
    throw new ConnectFailure('UNREACHABLE', address, { cause });
  });
}

function newSigner(): Signer {
  const key = new TestKey();
  const { line, key: publicKey } = key;
  return { publicKey, line, fingerprint: '', source: 'a test', sign: async text => key.sign(text) };
}

/** Comes with the basic form, hears for a while, and goes in some way; nothing when nobody let them in. */
export async function visit(
  name: string,
  { host, port }: Address,
  random: () => number,
): Promise<Visitor | undefined> {
  const client = await open(host, port);
  if (client === undefined) return undefined;
  try {
    client.join(name);
    const joined = await within(ANSWER_MS, client.next(isAnswer));
    if (joined?.startsWith('{"Joined"') !== true) return undefined;
    const from = client.lines.indexOf(joined) + 1;
    await within(random() * VISIT_MS, client.closed);
    if (random() < 0.5) client.leave(name);
    return { name, heard: client.lines.slice(from).flatMap(heardIn) };
  } catch {
    return undefined; // the line broke before the answer
  } finally {
    await delay(20);
    client.duplex.destroy();
  }
}

/** One name, wanted at all servers at once. */
export async function race(username: string, addresses: readonly Address[]): Promise<Race> {
  const clients = await Promise.all(addresses.map(({ host, port }) => open(host, port)));
  const there = clients.filter(client => client !== undefined);
  for (const client of there) client.write(`${JSON.stringify({ Join: { username, history: 0 } })}\n`);
  const answers = await Promise.all(
    there.map(client => within(ANSWER_MS, client.next(isAnswer)).catch(() => undefined)),
  );
  const joined = answers.flatMap(line => {
    const welcome = line === undefined ? undefined : JSON.parse(line).Joined;
    return welcome === undefined ? [] : [Number(welcome.seq)];
  });
  for (const client of there) client.leave(username);
  await delay(100);
  for (const client of there) client.duplex.destroy();
  return { username, joined };
}

const isAnswer = (line: string) => /^\{"(Joined|Duplicate|Refused|Closing)"|"username":"chatty"/.test(line);

/** What somebody said, of a line of the basic form. */
function heardIn(line: string): string[] {
  const memo = JSON.parse(line).Broadcast;
  const isSaid = memo !== undefined && memo.username !== 'chatty' && !/^(Joined|Left)$/.test(memo.content);
  return isSaid ? [spoken(memo)] : [];
}

/** Nothing when there is nobody at that port, or nobody answers. */
function open(host: string, port: number): Promise<WireClient | undefined> {
  const socket = connect({ host, port, noDelay: true });
  const opened = new Promise<WireClient | undefined>(resolve => {
    socket.once('connect', () => resolve(new WireClient(socket)));
    socket.once('error', () => resolve(undefined));
  });
  return within(ANSWER_MS, opened).then(client => {
    if (client === undefined) socket.destroy();
    return client;
  });
}

/** Nothing when it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
