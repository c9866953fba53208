import { expect } from 'chai';
import fc from 'fast-check';
import { decodeResponse } from '../../src/adapters/wire/basic-form.js';
import type { ChatResponse } from '../../src/application/chat-response.js';
import { usernameKey } from '../../src/domain/name-key.js';
import { hostileText } from '../support/hostile-responses.js';
import { type StartedServer, startServer } from '../support/server.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';
import { target } from './target.js';

const CONNECTIONS = 4;
const TOKENS = ['a-token-that-nobody-can-guess', 'another-token-nobody-can-guess'];

const username = fc.constantFrom('carl', 'Carl', 'david', 'lucio', 'chatty', '', 'x'.repeat(40), '\u001b');
const ref = fc.constantFrom('1', '2', '3');
const small = fc.nat(12);
const optional = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });

const extendedJoin = fc.record({
  username,
  history: optional(small),
  resume: optional(fc.constantFrom(...TOKENS)),
  since: optional(small),
  attempt: optional(small),
});
const command = fc.oneof(
  { weight: 3, arbitrary: username.map(name => ({ Join: name as unknown })) },
  { weight: 6, arbitrary: extendedJoin.map(body => ({ Join: body as unknown })) },
  { weight: 8, arbitrary: fc.record({ content: hostileText, ref }).map(body => ({ Send: body })) },
  { weight: 4, arbitrary: fc.record({ username, content: hostileText }).map(body => ({ Send: body })) },
  { weight: 1, arbitrary: username.map(name => ({ Leave: name })) },
  { weight: 1, arbitrary: small.map(id => ({ Ping: id })) },
  { weight: 1, arbitrary: ref.map(some => ({ Who: { ref: some } })) },
  { weight: 1, arbitrary: fc.record({ ref, limit: small }).map(body => ({ History: body })) },
  { weight: 1, arbitrary: fc.record({ ref, words: hostileText }).map(body => ({ Search: body })) },
);
const line = fc.oneof(
  { weight: 30, arbitrary: command.map(some => JSON.stringify(some)) },
  { weight: 1, arbitrary: fc.constantFrom('', 'nonsense', '{}', '[]', '{"Join":{}}') },
);
const step = fc.tuple(
  fc.nat(CONNECTIONS - 1),
  fc.oneof({ weight: 15, arbitrary: line }, { weight: 1, arbitrary: fc.constant(undefined) }),
  fc.boolean(),
);

/**
 * Whatever is said in any order over several connections: all of it is answered in the words of the form, all see one
 * order, and nothing goes wrong inside. A step without a line drops its connection, and begins another.
 */
export const roomSessions = target(
  fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
    const server = await startServer();
    const all: Client[] = [];
    try {
      const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => Client.connect(server)));
      all.push(...clients);
      for (const [at, text, isFollowedByTurn] of steps) {
        if (text !== undefined) clients[at]?.say(text);
        else {
          clients[at]?.drop();
          const next = await Client.connect(server);
          clients[at] = next;
          all.push(next);
        }
        if (isFollowedByTurn) await new Promise(resolve => setImmediate(resolve));
      }
      await until(() => all.every(client => client.isAnswered));
      for (const client of all) client.expectOrderly();
      expectOneOrder(all);
      const names = Array.from(server.room.users, user => usernameKey(user.username));
      expect(new Set(names).size).to.equal(names.length);
      expect(server.logger.entries.filter(({ level }) => level === 'error')).to.deep.equal([]);
    } finally {
      for (const client of all) client.drop();
      await server.stop();
    }
  }),
  150,
);

class Client {
  /** Refs of messages that are to be answered. */
  readonly #refs = new Set<string>();
  /** The forms of its Joins: until one of them is answered with Joined, the last one counts. */
  readonly #forms = new Set<'basic' | 'extended'>();
  #isDown = false;

  private constructor(private readonly wire: WireClient) {
    void wire.closed.then(() => {
      this.#isDown = true;
    });
  }

  static async connect(server: StartedServer): Promise<Client> {
    return new Client(new WireClient((await server.streams.dial()).stream));
  }

  get responses(): ChatResponse[] {
    return this.wire.lines.map(text => decodeResponse(Buffer.from(text)));
  }

  /** Whether every message was answered that a server still has to answer. */
  get isAnswered(): boolean {
    if (this.#isDown) return true;
    const answered = new Set(this.responses.flatMap(response => ('ref' in response ? [response.ref] : [])));
    return [...this.#refs].every(sent => answered.has(sent));
  }

  say(text: string): void {
    const { Join, Send } = parsed(text);
    if (Join !== undefined) this.#forms.add(typeof Join === 'string' ? 'basic' : 'extended');
    if (this.#forms.has('extended') && this.#forms.size === 1 && Send?.ref !== undefined)
      this.#refs.add(Send.ref);
    if (this.wire.duplex.writable) this.wire.write(`${text}\n`);
  }

  drop(): void {
    this.#isDown = true;
    this.wire.duplex.destroy();
  }

  expectOrderly(): void {
    let joined: Extract<ChatResponse, { type: 'Joined' }> | undefined;
    let last = -1;
    for (const response of this.responses) {
      expect(response.type).to.not.equal('Unknown');
      if (!this.#forms.has('extended'))
        expect(response.type).to.be.oneOf(['Joined', 'Duplicate', 'Broadcast']);
      if (response.type === 'Joined') {
        joined = response;
        last = response.welcome?.seq ?? -1;
      }
      if (response.type !== 'Broadcast') continue;
      const { memo } = response;
      if (joined === undefined) expect(memo.username).to.equal('chatty');
      if (memo.seq === undefined) continue;
      expect(memo.seq).to.be.above(last);
      last = memo.seq;
      if (memo.seq > (joined?.welcome?.head ?? 0)) expect(memo.username).to.not.equal(joined?.memo.username);
    }
  }
}

/** What has the same number is the same event for everybody. */
function expectOneOrder(clients: readonly Client[]): void {
  const events = new Map<number, unknown>();
  for (const client of clients)
    for (const response of client.responses) {
      if (response.type !== 'Broadcast' || response.memo.seq === undefined) continue;
      const { seq } = response.memo;
      expect(events.get(seq) ?? response.memo).to.deep.equal(response.memo);
      events.set(seq, response.memo);
    }
}

function parsed(text: string): { Join?: unknown; Send?: { ref?: string } } {
  try {
    return JSON.parse(text) as { Join?: unknown; Send?: { ref?: string } };
  } catch {
    return {};
  }
}
