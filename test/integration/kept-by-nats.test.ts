import { expect } from 'chai';
import { KeptRecords } from '../../src/adapters/nats/kept-records.js';
import { NatsClaimStore } from '../../src/adapters/nats/nats-claim-store.js';
import type { NatsConnection } from '../../src/adapters/nats/nats-connection.js';
import { NatsModerationLog } from '../../src/adapters/nats/nats-moderation-log.js';
import { JournalFailure } from '../../src/application/server/cluster/journal.js';
import { KeptClaims } from '../../src/application/server/kept-claims.js';
import type { Claim } from '../../src/application/server/name-ports.js';
import type { ModerationEntry } from '../../src/domain/moderation.js';
import { Brokers } from '../support/brokers.js';
import { openRegister } from '../support/claims.js';
import { natsConnection, ROOM } from '../support/journals.js';
import { entriesOf, openedLog, topic } from '../support/moderation-logs.js';
import type { NatsServer } from '../support/nats-server.js';
import { refusalOf } from '../support/room-logs.js';
import { until } from '../support/until.js';

const CARL: Claim = { username: 'carl', keys: ['one'], claimedAt: 1, usedAt: 1 };

describe('What NATS keeps of a room beside its journal', () => {
  const brokers = Brokers.forEach();
  let broker: NatsServer;
  let opened: { close(): Promise<void> }[];

  beforeEach(async () => {
    broker = await brokers.start();
    opened = [];
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
  });

  function claimStore(connection: NatsConnection = natsConnection([broker]), options = ROOM): NatsClaimStore {
    const store = new NatsClaimStore(connection, options);
    opened.push(store);
    return store;
  }

  function moderationLog(connection = natsConnection([broker]), options = ROOM): NatsModerationLog {
    const log = new NatsModerationLog(connection, options, text => text !== 'nowhere');
    opened.push(log);
    return log;
  }

  /** As somebody with the broker's own tools would use them. */
  async function records(): Promise<KeptRecords> {
    const kept = new KeptRecords(natsConnection([broker]), ROOM);
    await kept.open();
    opened.push(kept);
    return kept;
  }

  const named = async (store: NatsClaimStore) => {
    const claims = new KeptClaims(store);
    claims.take({ all: await store.open() });
    return claims;
  };

  it('is changed again when the broker is back, and everybody is told', async () => {
    const [one, other] = [claimStore(), claimStore()];
    await one.open();
    const claims = await named(other);
    await one.put(CARL, undefined);
    await until(() => claims.look().named('carl') !== undefined);
    await broker.kill();
    const later = one.put({ ...CARL, usedAt: 2 }, CARL);
    await broker.start();
    expect(await later).to.equal(true);
    await until(() => claims.look().named('carl')?.usedAt === 2);
    expect(await other.put({ ...CARL, usedAt: 3 }, { ...CARL, usedAt: 2 })).to.equal(true);
    expect(await one.remove({ ...CARL, usedAt: 2 })).to.equal(false);
    expect(await one.remove({ ...CARL, usedAt: 3 })).to.equal(true);
    await until(() => claims.look().named('carl') === undefined);
    expect(await other.put(CARL, undefined)).to.equal(true);
  });

  it('is refused when the broker does not come back in time', async () => {
    const connections = [natsConnection([broker]), natsConnection([broker])] as const;
    const [store, log] = [claimStore(connections[0]), moderationLog(connections[1])];
    await store.open();
    const told = await openedLog(log);
    await broker.kill();
    // What is sent before that is noticed may have arrived.
    await until(() => connections.every(({ since }) => since === undefined));
    const [put, append] = await Promise.all([
      refusalOf(store.put(CARL, undefined)),
      refusalOf(log.append(() => topic('tea'))),
    ]);
    expect([put, append]).to.deep.equal(['NOT_RECORDED', 'NOT_RECORDED']);
    expect([store.changed(), told]).to.deep.equal([undefined, []]);
    await broker.start();
    await log.append(() => topic('coffee'));
    expect(told).to.deep.equal([topic('coffee')]);
  });

  it('keeps one order of what two servers append while the broker is killed, nothing lost or doubled', async () => {
    const logs = await Promise.all(
      ['0', '1'].map(async by => {
        const log = moderationLog();
        return { by, log, told: await openedLog(log), kept: [] as ModerationEntry[] };
      }),
    );
    let isOver = false;
    const appending = logs.map(async ({ by, log, kept }) => {
      for (let n = 0; !isOver; n++) {
        const entry = await log.append(() => ({ ...topic(`${n}`), by }));
        if (entry !== undefined) kept.push(entry);
      }
    });
    for (let kill = 0; kill < 3; kill++) {
      const before = logs[0]?.told.length ?? 0;
      await until(() => logs.every(({ told }) => told.length > before + 20));
      await broker.kill();
      await broker.start();
    }
    isOver = true;
    await Promise.all(appending);
    const all = await entriesOf(moderationLog());
    for (const { told, by, kept } of logs) {
      await until(() => told.length === all.length);
      expect(told).to.deep.equal(all);
      expect(all.filter(entry => entry.by === by)).to.deep.equal(kept);
    }
  });

  it('gives a name to one of two servers, also when another of three brokers leads', async () => {
    const three = await brokers.startCluster();
    const options = { ...ROOM, replicas: 3 };
    const stores = [three, [...three].reverse()].map(each => claimStore(natsConnection(each), options));
    // Brokers that have just elected one may not know of all three yet.
    for (const store of stores) await until(() => store.open().then(Boolean, () => false));
    let wins = 0;
    for (const change of [() => {}, () => three[0]?.kill(), () => three[0]?.start()]) {
      await change();
      const before = wins;
      // What a broker without a leader does not answer in time is nobody's.
      for (let round = 0; round < 10 || wins === before; round++) {
        const username = `carl${wins}of${round}`;
        const claim = (by: number): Claim => ({ ...CARL, username, keys: [`key ${by}`] });
        const done = await Promise.all(
          stores.map((store, by) => store.put(claim(by), undefined).catch(() => undefined)),
        );
        expect(done.filter(Boolean).length, username).to.be.at.most(1);
        wins += done.filter(Boolean).length;
      }
    }
    const other = claimStore(natsConnection(three.slice(1)), options);
    const kept = await other.open();
    expect(kept.length).to.be.at.least(wins);
    expect(new Set(kept.map(({ username }) => username)).size).to.equal(kept.length);
  }).timeout(180_000);

  it('gives one of two names that look alike, which are claimed at two servers at one moment', async () => {
    const registers = await Promise.all([claimStore(), claimStore()].map(store => openRegister({}, store)));
    for (let round = 0; round < 40; round++) {
      const outcomes = await Promise.all(
        registers.map((register, n) =>
          refusalOf(register.claim(`${round}car${n === 0 ? 'l' : 'I'}`, `key ${round} ${n}`)),
        ),
      );
      expect(outcomes, `round ${round}`).to.have.members([undefined, 'NAME_RESEMBLES']);
    }
    for (const register of registers) {
      await until(async () => (await register.list()).length === 40);
      expect(
        new Set((await register.list()).map(({ username }) => Number.parseInt(username, 10))).size,
      ).to.equal(40);
    }
  });

  it('is known to be gone when it was deleted, and nothing is kept any more', async () => {
    const [store, log] = [claimStore(), moderationLog()];
    const claims = await named(store);
    await openedLog(log);
    await store.put(CARL, undefined);
    claims.look();
    await log.append(() => topic('tea'));
    const tool = natsConnection([broker]);
    await tool.open();
    opened.push(tool);
    await tool.api.streams.delete('CHATTY_main_KEPT');
    await broker.stop();
    await broker.start();
    await until(() => {
      try {
        store.changed();
        return false;
      } catch {
        return true;
      }
    });
    expect(claims.look().named('carl')).to.include({ usedAt: 1 });
    expect(await refusalOf(store.remove(CARL))).to.equal('NOT_RECORDED');
    await until(async () => (await refusalOf(log.append(() => topic('tea')))) === 'NOT_RECORDED');
  });

  describe('that cannot be read', () => {
    const CASES: Record<string, string> = {
      'claims.Y2FybA': '{"username":"carl","keys":[1],"claimedAt":1,"usedAt":1}',
      'claims.YW15': 'nonsense',
      'order.1': '{"type":"TopicSet"}',
      'order.2': 'nonsense',
      'order.3': JSON.stringify({
        ...{ type: 'MeasureTaken', at: 1, by: 'anna', id: 1, kind: 'ban' },
        targets: [{ kind: 'network', network: 'nowhere' }],
      }),
    };

    const subjectOf = (key: string) => {
      if (key.startsWith('claims')) {
        const store = claimStore();
        return { open: () => store.open(), change: () => store.put(CARL, undefined) };
      }
      const log = moderationLog();
      return { open: () => openedLog(log), change: () => log.append(() => topic('tea')) };
    };

    for (const [key, text] of Object.entries(CASES))
      it(`lets no server start, and none that runs keep anything: ${key} ${text}`, async () => {
        const running = subjectOf(key);
        await running.open();
        await (await records()).put(key, Buffer.from(text));
        const failure = await subjectOf(key)
          .open()
          .catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(JournalFailure);
        expect(failure).to.include({ code: 'UNUSABLE', place: broker.address });
        expect(failure).to.have.property('found').that.includes(key);
        await until(async () => (await refusalOf(running.change())) === 'NOT_RECORDED');
      });
  });

  it('passes over what a newer version has done, and over whatever else is there', async () => {
    const kept = await records();
    await kept.put('order.1', Buffer.from('{"type":"Promoted","at":1,"by":"anna","rank":{}}'));
    await kept.put('other.1', Buffer.from('something'));
    const told = await openedLog(moderationLog());
    expect(told.map(({ type }) => type)).to.deep.equal(['Promoted']);
    expect(await claimStore().open()).to.deep.equal([]);
  });
});
