import type { StreamInfo } from '@nats-io/jetstream';
import { expect } from 'chai';
import { Brokers } from '../support/brokers.js';
import { JournalUser, natsConnection, natsJournal } from '../support/journals.js';
import type { NatsServer } from '../support/nats-server.js';
import { until } from '../support/until.js';

/** Longest election of a leader, in milliseconds, on a machine that does much else. */
const PATIENCE_MS = 60_000;

describe('a journal with three brokers', () => {
  const brokers = Brokers.forEach();
  let three: NatsServer[];
  let users: JournalUser[] = [];

  beforeEach(async function () {
    this.timeout(4 * PATIENCE_MS);
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
      const [read, other] = [one.read.length, two.read.length];
      // Those on their way count as well: some of them come before the others have noticed.
      await until(() => one.read.length > read + 100 && two.read.length > other + 100, PATIENCE_MS);
      await leader.start();
      const back = one.read.length;
      await until(() => one.read.length > back + 100, PATIENCE_MS);
    } finally {
      clearInterval(talk);
    }
    await one.settled(PATIENCE_MS);
    await two.settled(PATIENCE_MS);
    const end = Math.max(one.read.length, two.read.length);
    await until(() => one.read.length >= end && two.read.length >= end, PATIENCE_MS);
    expect(one.read.slice(0, end)).to.deep.equal(two.read.slice(0, end));
    expect(new Set(one.texts).size).to.equal(2 * sent);
    expect([...one.losses, ...two.losses]).to.deep.equal([]);
  }).timeout(4 * PATIENCE_MS);

  it('starts with two of them, and waits for a majority', async () => {
    const first = await join();
    first.append('entry');
    await first.settled();
    const [gone] = three;
    await gone?.stop();
    const second = await join();
    await until(() => second.read.length === 1);
    second.append('more');
    await second.settled(PATIENCE_MS);
    await until(() => first.read.length >= 2, PATIENCE_MS);
  }).timeout(4 * PATIENCE_MS);

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
      await until(() => journal.outOfTouchSince !== undefined, PATIENCE_MS);
    // Since it was last heard of, which may be a moment before.
    expect(talker.journal.outOfTouchSince).to.be.within(began - 3000, performance.now());
    await until(() => listener.objections.at(-1) === 'NOT_RECORDED');
    await second?.start();
    await until(() => listener.read.length >= 2, PATIENCE_MS);
    for (const { journal } of [talker, listener])
      await until(() => journal.outOfTouchSince === undefined, PATIENCE_MS);
  }).timeout(4 * PATIENCE_MS);

  async function leaderOf(): Promise<NatsServer> {
    const { cluster } = await info();
    const index = Number(/broker-(\d)/.exec(cluster?.leader ?? '')?.[1] ?? 0);
    return three[index] as NatsServer;
  }
});
