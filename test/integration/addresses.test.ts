import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Brokers } from '../support/brokers.js';
import { Program } from '../support/cli.js';
import { FlakyProxy } from '../support/flaky-proxy.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';

const WRONG_PIN = 'x'.repeat(43);

/** One server that is reached at two addresses, as if there were two. */
describe('--to a,b', () => {
  const running: Program[] = [];
  let state: string;
  let port: number;
  let pin: string;
  let david: WireClient;
  let proxies: Map<number, FlakyProxy>;
  let a: number;
  let b: number;

  beforeEach(async () => {
    state = mkdtempSync(join(tmpdir(), 'chatty-state-'));
    const [server, its] = await Program.server([
      ...['--history', 'memory', '--log-level', 'silent', '--public-address', 'chat.example.org'],
    ]);
    running.push(server);
    port = its;
    await server.says('From elsewhere');
    pin = /#([\w-]{43})/.exec(server.stdout)?.[1] ?? '';
    proxies = new Map();
    [a, b] = [await newProxy(), await newProxy()];
    david = await WireClient.joined(port, 'david');
  });
  afterEach(async () => {
    david.duplex.destroy();
    for (const proxy of proxies.values()) proxy.stop();
    await Promise.all(running.splice(0).map(program => program.kill()));
    rmSync(state, { recursive: true, force: true });
  });

  async function newProxy(): Promise<number> {
    const [proxy, its] = await FlakyProxy.start(Math.random);
    proxy.target = port;
    proxies.set(its, proxy);
    return its;
  }

  const at = (...parts: (number | string)[]) => parts.map(part => `127.0.0.1:${part}`).join(',');

  function chatty(...args: string[]): Program {
    const program = Program.chatty(args, { XDG_STATE_HOME: state });
    running.push(program);
    return program;
  }

  const eventsOf = ({ stdout }: Program): Record<string, unknown>[] =>
    stdout
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line));

  /** Resolves to the `count`th event of a type. */
  async function event(program: Program, type: string, count = 1): Promise<Record<string, unknown>> {
    const found = () => eventsOf(program).filter(each => each.type === type)[count - 1];
    await until(() => found() !== undefined);
    return found() ?? {};
  }

  const contents = (program: Program) =>
    eventsOf(program).flatMap(({ type, content }) => (type === 'message' ? [content] : []));

  /** The proxy of the address where somebody is, and the other address. */
  function whereabouts({ address }: Record<string, unknown>): [here: FlakyProxy, other: number] {
    const its = Number(String(address).split(':')[1]);
    return [proxies.get(its) ?? expect.fail(`${address}`), its === a ? b : a];
  }

  it('moves on at once when one is gone, and loses, repeats and shows nobody anything', async () => {
    const carl = chatty('client:join', 'carl', '--json', '--listen', '--to', at(a, b));
    const [here, other] = whereabouts(await event(carl, 'welcome'));
    let said = 0;
    const talk = setInterval(() => david.send('david', `n ${said++}`), 5);
    try {
      await until(() => contents(carl).length > 20);
      carl.type('mine, before\n');
      here.stop();
      carl.type('mine, meanwhile\n');
      const back = await event(carl, 'back');
      // No round is waited for.
      expect(eventsOf(carl).filter(({ type }) => type === 'reconnecting')).to.have.length(1);
      expect(back).to.include({ resumed: true, address: at(other) });
      await event(carl, 'accepted', 2);
      const until20 = contents(carl).length + 20;
      await until(() => contents(carl).length > until20);
    } finally {
      clearInterval(talk);
    }
    await until(() => contents(carl).length === said);
    expect(contents(carl)).to.deep.equal(Array.from({ length: said }, (_, n) => `n ${n}`));
    const mine = david.lines.filter(line => line.includes('"carl"'));
    expect(mine.map(line => JSON.parse(line).Broadcast.content)).to.deep.equal([
      'Joined',
      'mine, before',
      'mine, meanwhile',
    ]);
  });

  it('goes round while both are gone, and is back where one is again', async () => {
    const carl = chatty('client:join', 'carl', '--json', '--listen', '--to', at(a, b));
    await event(carl, 'welcome');
    for (const proxy of proxies.values()) {
      proxy.target = undefined;
      proxy.cut();
    }
    await event(carl, 'reconnecting', 4);
    david.send('david', 'meanwhile');
    const revived = proxies.get(b);
    if (revived !== undefined) revived.target = port;
    expect(await event(carl, 'back')).to.include({ resumed: true, address: at(b) });
    await until(() => contents(carl).length === 1);
    expect(contents(carl)).to.deep.equal(['meanwhile']);
  });

  it('sends through the next when the first is gone, has no such name, or is frozen', async () => {
    const frozen = createServer(() => {}).listen(0, '127.0.0.1');
    await once(frozen, 'listening');
    const address = frozen.address();
    const frozenAt = typeof address === 'object' && address !== null ? address.port : 0;
    proxies.get(a)?.stop();
    const lists = [at(a, b), at(b, a), `nowhere.invalid,${at(b)}`, at(frozenAt, b), at(a, frozenAt, b)];
    const senders = lists.map((to, n) =>
      chatty('client:send', '--username', `bot${n}`, '--to', to, `from ${n}`),
    );
    const exits = await Promise.all(senders.map(sender => sender.exit()));
    expect(exits).to.deep.equal([0, 0, 0, 0, 0]);
    expect(senders.map(({ stderr }) => stderr).join('')).to.equal('');
    await until(() => lists.every((_, n) => david.lines.some(line => line.includes(`from ${n}`))));
    frozen.close();
  });

  it('passes over an address with another key, says so once, and never trusts it for the sake of the other', async () => {
    const to = at(`${a}#${WRONG_PIN}`, `${b}#${pin}`);
    const carl = chatty('client:join', 'carl', '--json', '--listen', '--to', to);
    expect(await event(carl, 'welcome')).to.include({ address: at(b) });
    for (const count of [1, 2]) {
      proxies.get(b)?.cut();
      expect(await event(carl, 'back', count)).to.include({ resumed: true, address: at(b) });
    }
    const others = eventsOf(carl).filter(({ type }) => type === 'otherkey');
    expect(others).to.deep.equal([{ type: 'otherkey', address: at(a), pin, given: true }]);
  });

  it('ends as with one address when all of them have another key', async () => {
    const to = at(`${a}#${WRONG_PIN}`, `${b}#${WRONG_PIN}`);
    const bot = chatty('client:send', '--username', 'bot', '--to', to, 'hello');
    expect(await bot.exit()).to.equal(12);
    const [passed = '', last = ''] = bot.stderr.split('\n');
    expect(passed).to.match(/^The server at 127\.0\.0\.1:\d+ has another key than .* the others are tried\./);
    expect(last).to.match(
      /^The server on port \d+ of 127\.0\.0\.1 has another key than the one .* either\.$/,
    );
  });

  it('says of which kind the trouble is when nothing is reached, and that the others are gone as well', async () => {
    for (const proxy of proxies.values()) proxy.stop();
    const carl = chatty('client:join', 'carl', '--to', at(a, b));
    expect(await carl.exit()).to.equal(3);
    expect(carl.stderr).to.match(
      /^No server answers on port .*\. The other address could not be joined either\.\n$/,
    );
    const bot = chatty('client:send', '--username', 'bot', '--to', at(a, b), '--retry-for', '1', 'hello');
    expect(await bot.exit()).to.equal(3);
    expect(bot.stderr).to.include('None of the 2 addresses can be joined yet. Trying again.\n');
  });

  it('takes up the session of a program that was killed, at whichever address, and is one program only', async () => {
    const first = chatty('client:join', 'carl', '--listen', '--to', at(a, b)).endInput();
    await first.says('Warm Welcome');
    const second = chatty('client:join', 'carl', '--listen', '--to', at(b)).endInput();
    expect(await second.exit()).to.equal(4);
    expect(second.stderr).to.include('in another program on this machine');
    for (const to of [at(b), at(b, a), at(a)]) {
      await running.find(program => program === first)?.kill();
      const next = chatty('client:join', 'carl', '--listen', '--to', to).endInput();
      await next.says('You were still in the room: nobody saw you leave.');
      await next.kill();
    }
    expect(david.lines.filter(line => /carl.*(?:Joined|Left)/.test(line))).to.have.length(1);
  });

  it('is checked part by part, and remembered as a whole', async () => {
    const wrong = chatty('client:join', 'carl', '--to', `${at(a)},b:http`);
    expect(await wrong.exit()).to.equal(2);
    expect(wrong.stderr).to.equal(
      '--to is wrong at b:http: it has a port that is no whole number from 0 to 65535.\n',
    );
    const home = { XDG_CONFIG_HOME: state, XDG_STATE_HOME: state };
    const settings = Program.chatty(['client:settings', 'to', at(a, b)], home);
    expect(await settings.exit()).to.equal(0);
    const carl = Program.chatty(['client:join', 'carl', '--json', '--listen'], home);
    running.push(carl);
    expect((await event(carl, 'welcome')).address).to.be.oneOf([at(a), at(b)]);
    const fromEnvironment = { CHATTY_TO: at(b, a), CHATTY_USERNAME: 'bot', XDG_STATE_HOME: state };
    expect(await Program.chatty(['client:send', 'hello'], fromEnvironment).exit()).to.equal(0);
  });
});

describe('--to a,b of two servers', () => {
  const brokers = Brokers.forAll();
  const running: Program[] = [];
  afterEach(() => Promise.all(running.splice(0).map(program => program.kill())));

  it('goes on at the other one when one is killed, unnoticed, with all that is said', async () => {
    const broker = await brokers.start();
    const servers = await Promise.all(
      [1, 2].map(() => Program.server(['--history', broker.url, '--log-level', 'silent'])),
    );
    running.push(...servers.map(([server]) => server));
    const addresses = servers.map(([, port]) => `127.0.0.1:${port}`);
    const carl = Program.chatty(['client:join', 'carl', '--json', '--listen', '--to', addresses.join(',')]);
    running.push(carl);
    await carl.says('"welcome"');
    const here = addresses.findIndex(address => carl.stdout.includes(`"address":"${address}"`));
    const [killed] = servers[here] ?? expect.fail('nowhere');
    const [, otherPort] = servers[1 - here] ?? expect.fail('nowhere');
    const david = await WireClient.joined(otherPort, 'david');
    await carl.says('"joined"');
    killed.signal('SIGKILL');
    for (const n of [1, 2, 3]) david.send('david', `n ${n}`);
    carl.type('still here\n');
    await carl.says('"accepted"');
    await carl.says('n 3');
    expect(carl.stdout).to.match(/"type":"back","resumed":true/);
    expect(carl.stdout.match(/n \d/g)).to.deep.equal(['n 1', 'n 2', 'n 3']);
    await david.next(line => line.includes('still here'));
    expect(david.lines.filter(line => /carl.*(?:Joined|Left)/.test(line))).to.deep.equal([]);
    david.duplex.destroy();
  });
});
