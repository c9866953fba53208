import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import sinon from 'sinon';
import type { RoomLog } from '../../../../src/application/server/room-log-ports.js';
import type { Recorded } from '../../../../src/domain/events.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';
import {
  joined,
  left,
  PLENTY,
  refusalOf,
  sent,
  sqliteRoomLog,
  temporaryFolder,
} from '../../../support/room-logs.js';
import { until } from '../../../support/until.js';

describe('A SqliteEventStore in trouble', () => {
  let folder: string;
  let log: RoomLog;
  let db: DatabaseSync;
  let told: Recorded[];
  let logged: MemoryLogger;

  beforeEach(async () => {
    folder = temporaryFolder();
    logged = new MemoryLogger();
    const openDatabase = (path: string) => {
      db = new DatabaseSync(path, { timeout: 10 });
      return db;
    };
    log = sqliteRoomLog({ folder, synchronous: 'normal', ...PLENTY, logger: logged }, openDatabase, 0);
    await log.open();
    told = [];
    log.follow(batch => told.push(...batch));
    await log.append(joined(1, 'carl', 'key'));
    await log.append(sent(1, 'carl', 'first', 'r1'));
  });
  afterEach(async () => {
    await log.close();
    rmSync(folder, { recursive: true });
  });

  const LARGE = 'x'.repeat(4000);
  /** As a disk that has no room for anything large. */
  const fillDisk = () => db.exec('PRAGMA max_page_count = 1');
  const freeDisk = () => db.exec('PRAGMA max_page_count = 1000000');
  const types = () => told.slice(2).map(({ type, session }) => [type, session]);

  /** Keeps the log from writing, as a backup by another program may; answers how to stop that. */
  function lock(): () => void {
    const other = new DatabaseSync(join(folder, 'room.db'));
    other.exec('BEGIN IMMEDIATE');
    return () => other.close();
  }

  it('refuses what does not fit on a full disk, tells nobody, and goes on when there is room', async () => {
    fillDisk();
    const large = Array.from({ length: 50 }, (_, n) => sent(1, 'carl', LARGE, `large${n}`));
    const codes = await Promise.all(
      [...large, joined(2, 'david')].map(event => refusalOf(log.append(event))),
    );
    expect(new Set(codes)).to.deep.equal(new Set(['DISK_FULL']));
    expect(types()).to.deep.equal([]);
    expect(await log.read(0, 100, 100)).to.have.length(2);
    freeDisk();
    const events = await Promise.all([...large, joined(2, 'david')].map(event => log.append(event)));
    expect(events.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 51 }, (_, n) => n + 3));
    expect(events.some(event => 'repeated' in event)).to.equal(false);
  });

  it('says whether anything can be recorded, also when nobody tries', async () => {
    expect(log.objection).to.equal(undefined);
    fillDisk();
    await Promise.all(Array.from({ length: 9 }, () => refusalOf(log.append(sent(1, 'carl', LARGE)))));
    expect(log.objection).to.equal('DISK_FULL');
    freeDisk();
    await until(() => log.objection === undefined);
    expect(log.size).to.include.keys('fileBytes', 'freeBytes').and.include({ messages: 1 });
  });

  it('tells the operator once what is wrong, and once that it is over', async () => {
    fillDisk();
    for (let n = 0; n < 3; n++)
      await Promise.all(Array.from({ length: 9 }, () => refusalOf(log.append(sent(1, 'carl', LARGE)))));
    freeDisk();
    await log.append(sent(1, 'carl', 'again'));
    expect(logged.entries.map(({ level, message }) => [level, message])).to.deep.equal([
      ['error', 'the history cannot be written'],
      ['info', 'the history is written again'],
    ]);
    expect(logged.entries[0]?.fields.err).to.be.an('error').with.property('message').that.includes('full');
  });

  it('records nothing in a file that was deleted, and says so', async () => {
    renameSync(join(folder, 'room.db'), join(folder, 'moved.db'));
    const now = performance.now();
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    try {
      clock.tick(now + 10_000);
      expect(await refusalOf(log.append(sent(1, 'carl', 'lost')))).to.equal('NOT_RECORDED');
      expect(logged.entries[0]?.fields.err)
        .to.be.an('error')
        .with.property('message')
        .that.includes('deleted');
      renameSync(join(folder, 'moved.db'), join(folder, 'room.db'));
      expect(await log.append(sent(1, 'carl', 'kept'))).to.include({ seq: 3 });
    } finally {
      clock.restore();
    }
  });

  it('answers repetitions even then', async () => {
    fillDisk();
    const repetition = log.append(sent(1, 'carl', 'first', 'r1'));
    const codes = await Promise.all(
      Array.from({ length: 9 }, () => refusalOf(log.append(sent(1, 'carl', LARGE)))),
    );
    expect(codes).to.include('DISK_FULL');
    expect(await repetition).to.deep.include({ seq: 2, repeated: true });
    freeDisk();
  });

  it('keeps a leave waiting in order, and records it by itself when it can', async () => {
    const unlock = lock();
    let decided = false;
    const leave = log.append(left(1, 'carl')).finally(() => {
      decided = true;
    });
    await log.settled();
    expect(decided).to.equal(false);
    expect(await refusalOf(log.append(joined(2, 'carl')))).to.equal('NOT_RECORDED');
    expect(types()).to.deep.equal([]);
    unlock();
    await until(() => decided);
    expect((await leave).type).to.equal('UserLeft');
    expect(types()).to.deep.equal([['UserLeft', 1]]);
    await log.append(joined(3, 'carl'));
    expect(types()).to.deep.equal([
      ['UserLeft', 1],
      ['UserJoined', 3],
    ]);
  });

  it('records a leave for which there is room when the rest of its turn had none', async () => {
    fillDisk();
    const large = Array.from({ length: 9 }, () => refusalOf(log.append(sent(1, 'carl', LARGE))));
    const leave = log.append(left(1, 'carl'));
    expect(await Promise.all(large)).to.deep.equal(Array(9).fill('DISK_FULL'));
    expect(types()).to.deep.equal([]);
    expect((await leave).seq).to.equal(3);
    freeDisk();
  });

  it('records leaves that wait before a join of the same name', async () => {
    const unlock = lock();
    const leave = log.append(left(1, 'carl'));
    await log.settled();
    unlock();
    const join2 = log.append(joined(2, 'carl'));
    expect([(await leave).seq, (await join2).seq]).to.deep.equal([3, 4]);
    expect(types()).to.deep.equal([
      ['UserLeft', 1],
      ['UserJoined', 2],
    ]);
  });

  it('refuses what another program keeps it from recording, and changes nothing', async () => {
    const unlock = lock();
    const events = [joined(2, 'david'), sent(2, 'david', 'hi', 'r1'), sent(2, 'david', 'hi', 'r1')];
    const codes = await Promise.all(events.map(event => refusalOf(log.append(event))));
    expect(codes).to.deep.equal(['NOT_RECORDED', 'NOT_RECORDED', 'NOT_RECORDED']);
    unlock();
    const [join2, message, repetition] = await Promise.all(events.map(event => log.append(event)));
    expect([join2?.seq, message?.seq, repetition?.seq]).to.deep.equal([3, 4, 4]);
    expect(message).not.to.have.property('repeated');
  });

  it('refuses a leave that still waits when it is closed, and has its session in the room', async () => {
    const unlock = lock();
    const leave = refusalOf(log.append(left(1, 'carl')));
    await log.close();
    expect(await leave).to.equal('NOT_RECORDED');
    unlock();
    log = sqliteRoomLog({ folder, synchronous: 'normal', ...PLENTY });
    expect((await log.open()).present).to.deep.equal([{ session: 1, username: 'carl', resumeKey: 'key' }]);
  });

  it('finds what it cannot index', async () => {
    await log.append(sent(1, 'david', 'first of all'));
    const unlock = lock();
    const found = await log.search({ words: 'fir', limit: 10 });
    expect(found.map(({ seq }) => seq)).to.deep.equal([3, 2]);
    expect(await log.search({ words: 'first', from: 'carl', limit: 10 })).to.have.length(1);
    unlock();
    expect(await log.search({ words: 'fir', limit: 10 })).to.have.length(2);
  });

  it('loses nothing while another program has the history locked for a while', async () => {
    await log.close();
    log = sqliteRoomLog({ folder, synchronous: 'normal', ...PLENTY, logger: logged });
    await log.open();
    const unlock = lock();
    const appended = Array.from({ length: 20 }, (_, n) => log.append(sent(1, 'carl', `m${n}`, `m${n}`)));
    await new Promise(resolve => setTimeout(resolve, 1500));
    expect(logged.entries.map(({ message }) => message)).to.deep.equal(['the history cannot be written']);
    expect(logged.entries[0]?.fields.err).to.be.an('error').with.property('message').that.includes('locked');
    unlock();
    expect((await Promise.all(appended)).map(({ seq }) => seq)).to.deep.equal(
      Array.from({ length: 20 }, (_, n) => n + 3),
    );
    expect(logged.entries.at(-1)?.message).to.equal('the history is written again');
  });
});
