import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { KeptRecords } from '../../src/adapters/nats/kept-records.js';
import { NatsJournal } from '../../src/adapters/nats/nats-journal.js';
import { JournalFailure } from '../../src/application/server/cluster/journal.js';
import { Brokers } from '../support/brokers.js';
import { ROOT } from '../support/cli.js';
import { JournalUser, natsConnection, ROOM } from '../support/journals.js';
import type { NatsServer } from '../support/nats-server.js';
import { until } from '../support/until.js';

const page = readFileSync(join(ROOT, 'docs/cluster.md'), 'utf8');

/** The accounts that docs/cluster.md gives to brokers, as they stand there. */
const ACCOUNTS = /\naccounts \{[\s\S]*?\n\}\nsystem_account: SYS\n/.exec(page)?.[0] ?? '';

const NODE = { user: 'node', password: 'NODE_PASSWORD' };

describe('what docs/cluster.md lets a node do', () => {
  const brokers = Brokers.forAll();
  let broker: NatsServer;
  const closing: (() => Promise<void>)[] = [];

  before(async () => {
    broker = await brokers.start({ lines: [ACCOUNTS] });
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  const connection = (login = NODE) => natsConnection([broker], login);

  const journal = (room = 'main', login = NODE) => {
    const made = new NatsJournal(connection(login), { ...ROOM, room });
    closing.push(() => made.close());
    return made;
  };

  it('is enough for its journal: to make it, append, read, keep a state, replace, and call others', async () => {
    const [one, other] = [journal(), journal()];
    const [first, second] = [await JournalUser.of(one), await JournalUser.of(other)];
    first.append('one');
    second.append('two');
    await Promise.all([first, second].map(user => user.settled()));
    await until(() => first.texts.length === 2 && second.texts.length === 2);
    expect(first.texts).to.deep.equal(second.texts);

    const position = first.read[1]?.position ?? 0;
    await one.keep({ position, state: { members: ['carl'] } });
    for await (const checkpoint of other.checkpoints()) {
      expect(checkpoint).to.deep.equal({ position, state: { members: ['carl'] } });
      break;
    }

    const [said] = first.read;
    const change = (text: string) => (text === said?.text ? 'nothing' : undefined);
    expect(await one.replace(said?.at ?? 0, change)).to.equal(true);
    const late = await JournalUser.of(journal());
    await until(() => late.texts.length === 2);
    expect(late.texts[0]).to.equal('nothing');

    const heard: string[] = [];
    other.listen(text => heard.push(text));
    other.answerAs('other');
    await until(async () => {
      one.call('here');
      return heard.includes('here');
    });
    expect(await one.find('other', 1000)).to.equal('HERE');
    expect(await one.find('nobody', 1000)).to.equal('GONE');
    expect([...first.losses, ...second.losses]).to.deep.equal([]);
  });

  it('is enough for what is kept beside it: to put, change, read, remove and forget', async () => {
    const kept = new KeptRecords(connection(), ROOM);
    await kept.open();
    closing.push(() => kept.close());
    const revision = await kept.put('claims.carl', Buffer.from('{}'), 0);
    await kept.put('claims.carl', Buffer.from('{"key":1}'), Number(revision));
    const { records } = await kept.load('claims.>');
    expect(records.map(({ key, bytes }) => [key, Buffer.from(bytes).toString()])).to.deep.equal([
      ['claims.carl', '{"key":1}'],
    ]);
    expect((await kept.get('claims.carl'))?.revision).to.equal(records[0]?.revision);
    await kept.remove('claims.carl');
    await kept.forget('claims.>');
    expect(await kept.get('claims.carl')).to.equal(undefined);
  });

  it('is not enough to begin another room', async () => {
    const failure = await journal('other')
      .open()
      .catch(error => error);
    expect(failure).to.be.instanceOf(JournalFailure);
    expect(failure.code).to.equal('NOT_ALLOWED');
  });

  it('is not enough to come in with another password', async () => {
    const failure = await journal('main', { ...NODE, password: 'wrong' })
      .open()
      .catch(error => error);
    expect(failure).to.be.instanceOf(JournalFailure);
    expect(failure.code).to.equal('NOT_ALLOWED');
  });

  it('is not enough to delete the log, nor to empty it', async () => {
    const own = connection();
    await own.open();
    closing.push(() => own.close());
    for (const work of [
      () => own.api.streams.delete('CHATTY_main'),
      () => own.api.streams.purge('CHATTY_main'),
    ])
      expect(await work().catch(error => String(error))).to.match(/permission|denied|timeout/i);
  });
});
