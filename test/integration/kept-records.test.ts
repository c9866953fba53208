import { expect } from 'chai';
import { OutcomeUnknown } from '../../src/adapters/nats/in-time.js';
import { type KeptChange, KeptRecords } from '../../src/adapters/nats/kept-records.js';
import { Brokers } from '../support/brokers.js';
import { natsConnection, ROOM } from '../support/journals.js';
import type { NatsServer } from '../support/nats-server.js';
import { until } from '../support/until.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (of: Uint8Array | undefined) => of && new TextDecoder().decode(of);

describe('what a room keeps with brokers', () => {
  const brokers = Brokers.forEach();
  let broker: NatsServer;
  let opened: KeptRecords[] = [];

  async function open(room = 'main'): Promise<KeptRecords> {
    const records = new KeptRecords(natsConnection([broker]), { ...ROOM, room });
    await records.open();
    opened.push(records);
    return records;
  }

  /** What somebody who watches is told, as `key=text@revision`. */
  function watched(records: KeptRecords, pattern: string, after?: number): string[] {
    const told: string[] = [];
    const changed = ({ key, bytes, revision }: KeptChange) => told.push(`${key}=${text(bytes)}@${revision}`);
    records.watch(pattern, { changed, caughtUp: () => told.push('caught up') }, after);
    return told;
  }

  beforeEach(async () => {
    broker = await brokers.start();
  });
  afterEach(async () => {
    for (const records of opened) await records.close();
    opened = [];
  });

  it('is found again under its key, by everybody, and by nobody of another room', async () => {
    const [one, two, other] = [await open(), await open(), await open('other')];
    const revision = await one.put('claims.carl', bytes('key'));
    expect(await two.get('claims.carl')).to.deep.equal({ key: 'claims.carl', bytes: bytes('key'), revision });
    expect(await two.get('claims.david')).to.equal(undefined);
    expect(await other.get('claims.carl')).to.equal(undefined);
  });

  it('is changed only if it is what was expected', async () => {
    const records = await open();
    const first = await records.put('claims.carl', bytes('1'), 0);
    expect(await records.put('claims.carl', bytes('2'), 0)).to.equal('CHANGED');
    const second = await records.put('claims.carl', bytes('2'), Number(first));
    expect(await records.put('claims.carl', bytes('3'), Number(first))).to.equal('CHANGED');
    expect(await records.remove('claims.carl', Number(first))).to.equal('CHANGED');
    expect(text((await records.get('claims.carl'))?.bytes)).to.equal('2');
    expect(await records.remove('claims.carl', Number(second))).to.be.above(Number(second));
    expect(await records.get('claims.carl')).to.equal(undefined);
    expect(await records.put('claims.carl', bytes('4'), 0)).to.be.a('number');
  });

  it('lets one of many have what all want', async () => {
    const servers = [await open(), await open()];
    for (let round = 0; round < 20; round++) {
      const tries = Array.from({ length: 20 }, (_, n) =>
        servers[n % 2]?.put(`claims.${round}`, bytes(`${n}`), 0),
      );
      const results = await Promise.all(tries);
      expect(results.filter(result => result !== 'CHANGED')).to.have.length(1);
    }
  });

  it('loads what there is of one kind, and nothing that was removed', async () => {
    const records = await open();
    expect(await records.load('claims.*')).to.deep.equal({ records: [], revision: 0 });
    for (let n = 0; n < 300; n++) await records.put(`claims.${n % 100}`, bytes(`${n}`));
    await records.put('order.1', bytes('ban'));
    await records.remove('claims.7');
    await records.forget('claims.8');
    const { records: found, revision } = await records.load('claims.*');
    expect(found.map(({ key }) => key).sort())
      .to.have.length(98)
      .and.not.include.members(['claims.7', 'claims.8']);
    expect(found.every(({ bytes }) => Number(text(bytes)) >= 200)).to.equal(true);
    expect(revision).to.equal(302);
  });

  it('tells each change once, in order, over an outage of the broker', async () => {
    const records = await open();
    await records.put('claims.a', bytes('0'));
    await records.put('claims.b', bytes('1'));
    await records.put('claims.a', bytes('2'));
    const told = watched(records, 'claims.*');
    await until(() => told.length === 3);
    expect(told).to.deep.equal(['claims.b=1@2', 'claims.a=2@3', 'caught up']);
    await broker.kill();
    const put = records.put('claims.c', bytes('3'));
    await broker.start();
    await put;
    await records.remove('claims.a');
    await until(() => told.length === 5);
    expect(told.slice(3)).to.deep.equal(['claims.c=3@4', 'claims.a=undefined@5']);
    const later = watched(records, 'claims.*', 4);
    await until(() => later.length === 2);
    expect(later[0]).to.equal('claims.a=undefined@5');
  });

  it('keeps a change once whose answer was lost with the broker', async () => {
    const records = await open();
    const told = watched(records, 'claims.*');
    let expected = 0;
    for (let round = 0; round < 5; round++) {
      // Kills come before, while and after it is kept.
      const put = records.put('claims.carl', bytes(`${round}`), expected);
      await new Promise(resolve => setTimeout(resolve, round / 4));
      await broker.kill();
      await broker.start();
      const revision = await put;
      expect(revision).to.be.a('number');
      expected = Number(revision);
      // Only the last of a subject is kept: who looks late is not told of those before it.
      await until(() => told.includes(`claims.carl=${round}@${expected}`));
    }
    expect(told.filter(line => line !== 'caught up')).to.deep.equal(
      Array.from({ length: 5 }, (_, n) => `claims.carl=${n}@${n + 1}`),
    );
  });

  it('finds out what has become of a change that a broker has which stands still, however long that takes', async () => {
    const records = await open();
    await broker.freeze();
    let outcome: unknown;
    const put = records.put('claims.carl', bytes('1'), 0).then(revision => {
      outcome = revision;
    });
    await new Promise(resolve => setTimeout(resolve, 7000));
    expect(outcome).to.equal(undefined);
    broker.thaw();
    await put;
    expect(outcome).to.equal(1);
    expect(await records.get('claims.carl')).to.deep.include({ bytes: bytes('1'), revision: 1 });
  }).timeout(30_000);

  it('says that the outcome of a change is unknown when it is closed before that is known', async () => {
    const records = await open();
    await broker.freeze();
    const failure = records.put('claims.carl', bytes('1'), 0).catch((error: unknown) => error);
    await new Promise(resolve => setTimeout(resolve, 100));
    await records.close();
    expect(await failure).to.be.instanceOf(OutcomeUnknown);
    broker.thaw();
  }).timeout(30_000);

  it('keeps nothing, and says so, when there is no broker that could have taken it', async () => {
    const records = await open();
    await broker.stop();
    const failure = await records.put('claims.carl', bytes('1')).then(
      () => undefined,
      error => error,
    );
    expect(failure).to.be.an('error');
  });

  it('says that it is lost, when it was deleted', async () => {
    const connection = natsConnection([broker]);
    const records = new KeptRecords(connection, ROOM);
    await records.open();
    opened.push(records);
    const lost = new Promise(resolve => records.watch('claims.*', { changed: () => {}, lost: resolve }));
    await records.put('claims.carl', bytes('1'));
    await connection.api.streams.delete('CHATTY_main_KEPT');
    expect(await lost).to.equal('it was deleted');
  });
});
