import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join as joined } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { expect } from 'chai';
import type { NatsConnection } from '../../src/adapters/nats/nats-connection.js';
import { Brokers } from '../support/brokers.js';
import { JournalUser, natsConnection, natsJournal } from '../support/journals.js';
import type { BrokerOptions, NatsServer } from '../support/nats-server.js';
import { until } from '../support/until.js';

describe('a journal with a broker', () => {
  const brokers = Brokers.forEach();
  let broker: NatsServer;
  let users: JournalUser[] = [];
  let admin: NatsConnection | undefined;

  async function join(options: Parameters<typeof natsJournal>[1] = {}, after?: number): Promise<JournalUser> {
    const user = await JournalUser.of(natsJournal([broker], options), after);
    users.push(user);
    return user;
  }

  async function start(options?: BrokerOptions): Promise<void> {
    broker = await brokers.start(options);
  }

  /** What an operator does at the broker. */
  async function connected(): Promise<NatsConnection> {
    admin = natsConnection([broker]);
    await admin.open();
    return admin;
  }

  afterEach(async () => {
    await admin?.close();
    admin = undefined;
    for (const { journal } of users) await journal.close();
    users = [];
  });

  for (const end of ['stop', 'kill'] as const)
    it(`loses nothing that was read, and goes on within a second, after a ${end} of the broker with entries on their way`, async () => {
      await start();
      const [one, two] = [await join(), await join()];
      let sent = 0;
      const send = () => {
        for (const user of [one, two]) user.append(`entry ${sent++}`);
      };
      for (let round = 0; round < 3; round++) {
        const talk = setInterval(() => {
          for (let n = 0; n < 20; n++) send();
        }, 5);
        await until(() => one.read.length > 300 * (round + 1));
        await broker[end]();
        const [read, other] = [one.read.length, two.read.length];
        await broker.start();
        const up = performance.now();
        await until(() => one.read.length > read && two.read.length > other);
        expect(performance.now() - up).to.be.below(1000);
        clearInterval(talk);
      }
      await one.settled();
      await two.settled();
      await until(() => one.read.length === two.read.length);
      expect(one.read).to.deep.equal(two.read);
      expect(new Set(one.texts).size).to.equal(sent);
      const newcomer = await join();
      await until(() => newcomer.read.length === one.read.length);
      expect(newcomer.read).to.deep.equal(one.read);
      expect(one.losses).to.deep.equal([]);
    }).timeout(30_000);

  it('says that nothing can be appended while the broker is away, and when that is over', async () => {
    await start();
    const user = await join();
    await broker.stop();
    expect(await user.journal.find('anybody', 100)).to.equal('UNKNOWN');
    await until(() => user.objections.length === 1);
    expect(user.objections).to.deep.equal(['NOT_RECORDED']);
    expect(user.journal.connectedSince).to.equal(undefined);
    await broker.start();
    await until(() => user.objections.length === 2);
    expect(user.objections[1]).to.equal(undefined);
    expect(user.journal.connectedSince).to.be.a('number');
  });

  it('finds out that a broker is frozen, and goes on when it thaws', async () => {
    await start();
    const user = await join();
    await broker.freeze();
    user.append('into the ice');
    await until(() => user.objections.length === 1);
    broker.thaw();
    await user.settled();
    user.append('on');
    await user.settled();
    expect(user.objections.at(-1)).to.equal(undefined);
    expect(new Set(user.texts)).to.deep.equal(new Set(['into the ice', 'on']));
  }).timeout(30_000);

  it('finds a server that says nothing silent, and one that is gone gone', async () => {
    await start();
    const user = await join();
    // A connection that has the name, and does not answer.
    const silent = await connect({ servers: broker.address });
    silent.subscribe('chatty.main.node.silent');
    await silent.flush();
    expect(await user.journal.find('silent', 100)).to.equal('SILENT');
    await silent.close();
    await until(async () => (await user.journal.find('silent', 100)) === 'GONE');
  });

  it('tells all that came together at once', async () => {
    await start();
    const user = await join();
    for (let n = 0; n < 1000; n++) user.append(`entry ${n}`);
    await user.settled();
    expect(user.batches.length).to.be.below(300);
  });

  it('is lost when its stream is deleted', async () => {
    await start();
    const user = await join();
    user.append('entry');
    await user.settled();
    const { api } = await connected();
    await api.streams.delete('CHATTY_main');
    await until(() => user.losses.length === 1);
    expect(user.losses).to.deep.equal(['it was deleted']);
  });

  it('is lost when its stream was deleted and made anew', async () => {
    await start();
    const user = await join();
    const { api } = await connected();
    await api.streams.delete('CHATTY_main');
    const other = await join();
    expect(other.opened.id).to.not.equal(user.opened.id);
    await until(() => user.losses.length === 1);
    expect(user.losses).to.deep.equal(['it was deleted, and made anew']);
    expect(other.losses).to.deep.equal([]);
  });

  it('is lost with a broker that keeps it in memory', async () => {
    await start();
    const user = await join({ storage: 'memory' });
    user.append('entry');
    await user.settled();
    await broker.stop();
    await broker.start();
    await until(() => user.losses.length === 1);
  });

  for (const [what, more, says] of [
    ['shorter', 0, /rolled back: it ends at 20, and 40 was read/],
    ['as long again, and another one', 30, /rolled back: entry 40 is another one/],
  ] as const)
    it(`is lost when the broker comes back with an older copy that is ${what}`, async () => {
      await start();
      const user = await join();
      for (let n = 0; n < 20; n++) user.append(`entry ${n}`);
      await user.settled();
      await broker.stop();
      const [data, copy] = [within(broker, 'jetstream'), within(broker, 'copy')];
      await cp(data, copy, { recursive: true });
      await broker.start();
      for (let n = 20; n < 40; n++) user.append(`entry ${n}`);
      await user.settled();
      await broker.stop();
      await rm(data, { recursive: true });
      await cp(copy, data, { recursive: true });
      if (more > 0) {
        // Elsewhere, so that the user does not see it grow.
        const elsewhere = await brokers.start();
        await elsewhere.stop();
        await rm(within(elsewhere, 'jetstream'), { recursive: true });
        await cp(copy, within(elsewhere, 'jetstream'), { recursive: true });
        await elsewhere.start();
        const writer = await JournalUser.of(natsJournal([elsewhere]));
        for (let n = 0; n < more; n++) writer.append(`other ${n}`);
        await writer.settled();
        await writer.journal.close();
        await elsewhere.stop();
        await rm(data, { recursive: true });
        await cp(within(elsewhere, 'jetstream'), data, { recursive: true });
      }
      await broker.start();
      await until(() => user.losses.length === 1);
      expect(user.losses[0]).to.match(says);
    }).timeout(20_000);

  it('is lost when entries went that were not read', async () => {
    await start();
    const user = await join();
    user.append('read');
    await user.settled();
    const { api } = await connected();
    await user.journal.close();
    const writer = await join();
    for (let n = 0; n < 10; n++) writer.append(`entry ${n}`);
    await writer.settled();
    await api.streams.purge('CHATTY_main', { keep: 2 });
    const late = await join({}, 1);
    await until(() => late.losses.length === 1);
    expect(late.losses[0]).to.include('removed before');
    const newcomer = await join();
    expect(newcomer.opened).to.include({ first: 10, last: 11 });
    await until(() => newcomer.read.length === 2);
  });

  it('takes entries of what the broker takes at most', async () => {
    await start({ lines: ['max_payload: 32768'] });
    const user = await join();
    expect(user.journal.maxBytes).to.equal(31_744);
    user.append('x'.repeat(user.journal.maxBytes));
    await user.settled();
    await user.journal.keep({ position: 1, state: 'y'.repeat(1_000_000) });
  });

  it('says that the disk is full, and when it is not any more', async () => {
    await start({ storage: ['max_file_store: 300KB'] });
    const user = await join({ maxBytes: -1 });
    const { api } = await connected();
    let sent = 0;
    await until(() => {
      if (user.unread < 3) user.append(`${sent++} ${'x'.repeat(10_000)}`);
      return user.objections.length > 0;
    });
    expect(user.objections).to.deep.equal(['DISK_FULL']);
    await api.streams.update('CHATTY_main', { max_bytes: 150_000 });
    await user.settled();
    await until(() => user.objections.length === 2);
    expect(user.objections[1]).to.equal(undefined);
  });

  it('has nothing any more of what was replaced, also after a crash of the broker', async () => {
    await start();
    const user = await join();
    for (let n = 0; n < 10; n++) user.append(`secret ${n}`);
    await user.settled();
    for (const { at, text } of user.read.slice(2, 5))
      await user.journal.replace(at, found => (found === text ? 'nothing' : undefined));
    await broker.kill();
    await broker.start();
    const newcomer = await join();
    await until(() => newcomer.read.length === 10);
    expect(newcomer.texts.map(text => text.slice(0, 6))).to.deep.equal(
      Array.from({ length: 10 }, (_, n) => (n >= 2 && n < 5 ? 'nothin' : 'secret')),
    );
    expect(newcomer.read.map(({ at }) => at)).to.deep.equal(user.read.map(({ at }) => at));
    await broker.stop();
    const files = await filesBelow(broker.folder);
    expect(files.some(text => text.includes('secret 1'))).to.equal(true);
    for (const n of [2, 3, 4]) expect(files.some(text => text.includes(`secret ${n}`))).to.equal(false);
  });

  it('keeps sixteen checkpoints, and has them when two servers keep them at the same time', async () => {
    await start();
    const [one, two] = [await join(), await join()];
    for (let n = 0; n < 30; n++) one.append(`entry ${n}`);
    await one.settled();
    for (let n = 1; n <= 10; n++)
      await Promise.all(
        [one, two].map(({ journal }, index) =>
          journal.keep({ position: 2 * n + index, state: { n, index } }),
        ),
      );
    const found: unknown[] = [];
    for await (const { position, state } of one.journal.checkpoints()) found.push([position, state]);
    expect(found).to.deep.equal(
      Array.from({ length: 16 }, (_, n) => [21 - n, { n: Math.floor((21 - n) / 2), index: (21 - n) % 2 }]),
    );
  });
});

const within = (broker: NatsServer, name: string) => joined(broker.folder, name);

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter(entry => entry.isFile())
      .map(entry => readFile(joined(entry.parentPath, entry.name), 'latin1')),
  );
}
