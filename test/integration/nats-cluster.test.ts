import type { StreamInfo } from '@nats-io/jetstream';
import { expect } from 'chai';
import { Brokers } from '../support/brokers.js';
import { JournalUser, natsConnection, natsJournal } from '../support/journals.js';
import type { NatsServer } from '../support/nats-server.js';
import { until } from '../support/until.js';

describe('a journal with three brokers', () => {
  const brokers = Brokers.forEach();
  let three: NatsServer[];
  let users: JournalUser[] = [];

  beforeEach(async function () {
    this.timeout(60_000);
    three = await brokers.startCluster();
  });
  afterEach(async () => {
    for (const { journal } of users) await journal.close();
    users = [];
  });

  async function join(): Promise<JournalUser> {
    const user = await JournalUser.of(natsJournal(three, { replicas: 3 }));
    users.push(user);
    return user;
  }

  async function info(): Promise<StreamInfo> {
    const admin = natsConnection(three.filter(({ isRunning }) => isRunning));
    await admin.open();
    try {
      return await admin.api.streams.info('CHATTY_main');
    } finally {
      await admin.close();
    }
  }

  it('loses nothing, and goes on, when the one that leads is killed and comes back', async () => {
    const [one, two] = [await join(), await join()];
    expect((await info()).config.num_replicas).to.equal(3);
    let sent = 0;
    const talk = setInterval(() => {
      one.append(`one ${sent}`);
      two.append(`two ${sent++}`);
    }, 10);
    try {
      await until(() => one.read.length > 100);
      const leader = await leaderOf();
      await leader.kill();
      const killed = performance.now();
      const [read, other] = [one.read.length, two.read.length];
      // Those on their way count as well: some of them come before the others have noticed.
      await until(() => one.read.length > read + 100 && two.read.length > other + 100, 25_000);
      expect(performance.now() - killed).to.be.below(20_000);
      await leader.start();
      const back = one.read.length;
      await until(() => one.read.length > back + 100, 20_000);
    } finally {
      clearInterval(talk);
    }
    await one.settled(20_000);
    await two.settled(20_000);
    const end = Math.max(one.read.length, two.read.length);
    await until(() => one.read.length >= end && two.read.length >= end, 20_000);
    expect(one.read.slice(0, end)).to.deep.equal(two.read.slice(0, end));
    expect(new Set(one.texts).size).to.equal(2 * sent);
    expect([...one.losses, ...two.losses]).to.deep.equal([]);
  }).timeout(90_000);

  it('starts with two of them, and waits for a majority', async () => {
    const first = await join();
    first.append('entry');
    await first.settled();
    const [gone] = three;
    await gone?.stop();
    const second = await join();
    await until(() => second.read.length === 1);
    second.append('more');
    await second.settled(20_000);
    await until(() => first.read.length >= 2, 20_000);
  }).timeout(60_000);

  it('says that it is out of touch while two of them are gone, though one answers and nobody speaks', async () => {
    const [talker, listener] = [await join(), await join()];
    talker.append('entry');
    await until(() => listener.read.length === 1);
    const [, second, third] = three;
    await second?.kill();
    await third?.kill();
    const began = performance.now();
    talker.append('more');
    for (const { journal } of [talker, listener])
      await until(() => journal.outOfTouchSince !== undefined, 40_000);
    // Since it was last heard of, which may be a moment before.
    expect(talker.journal.outOfTouchSince).to.be.within(began - 3000, performance.now());
    await until(() => listener.objections.at(-1) === 'NOT_RECORDED');
    await second?.start();
    await until(() => listener.read.length >= 2, 20_000);
    for (const { journal } of [talker, listener])
      await until(() => journal.outOfTouchSince === undefined, 20_000);
  }).timeout(120_000);

  async function leaderOf(): Promise<NatsServer> {
    const { cluster } = await info();
    const index = Number(/broker-(\d)/.exec(cluster?.leader ?? '')?.[1] ?? 0);
    return three[index] as NatsServer;
  }
});
