import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { giveBack } from '../../../../src/adapters/sqlite/free-pages.js';
import { OwnerShares } from '../../../../src/adapters/sqlite/owner-shares.js';
import { Reader } from '../../../../src/adapters/sqlite/reader.js';
import { Retention } from '../../../../src/adapters/sqlite/retention.js';
import { RoomFile } from '../../../../src/adapters/sqlite/room-file.js';
import { RoomState } from '../../../../src/adapters/sqlite/room-state.js';
import { MIGRATIONS, migrate } from '../../../../src/adapters/sqlite/schema.js';
import { SearchIndex } from '../../../../src/adapters/sqlite/search-index.js';
import { SqliteEventStore } from '../../../../src/adapters/sqlite/sqlite-event-store.js';
import { Writer } from '../../../../src/adapters/sqlite/writer.js';
import { type LogLimits, PLENTY, sent, temporaryFolder } from '../../../support/room-logs.js';
import { until } from '../../../support/until.js';

/** What it takes to be counted: two blocks and a rest. */
const SAID = 2500;

describe('OwnerShares', () => {
  let folder: string;
  let file: RoomFile;

  beforeEach(() => {
    folder = temporaryFolder();
    file = RoomFile.open(folder, 'normal');
  });
  afterEach(() => {
    if (file.db.isOpen) file.close();
    rmSync(folder, { recursive: true });
  });

  /** Everything anew on a file, as after a restart. */
  function open(db: DatabaseSync, limits: Partial<LogLimits> = {}) {
    const state = new RoomState(db);
    const index = new SearchIndex(db, state, new Reader(db));
    const shares = new OwnerShares(db, state);
    const retention = new Retention(db, state, new Reader(db), shares, { ...PLENTY, ...limits }, index);
    return { db, state, shares, retention, writer: new Writer(db, state, shares) };
  }

  type Room = ReturnType<typeof open>;

  const names = ['carl', 'Zoë', 'eve', 'eve', 'eve'];

  function talk({ state, writer }: Room, count: number): void {
    const { head } = state.now;
    const message = (n: number) => {
      const by = sent(
        n,
        names[n % names.length] ?? '',
        'tea 你好'.repeat(n % 4),
        n % 3 ? `r${n}` : undefined,
      );
      return { ...by, ...(n % 7 === 0 && { owner: '@net' }), seq: head + 1 + n, at: 1 };
    };
    writer.write(Array.from({ length: count }, (_, n) => message(n)));
  }

  /** What is in the file, counted anew. */
  const truth = (db: DatabaseSync) => {
    const bytes = 'octet_length(content) + octet_length(username) + ifnull(octet_length(ref), 0) + 64';
    return db
      .prepare(
        `SELECT coalesce(owner, username) AS owner, count(*) AS messages, sum(${bytes}) AS bytes FROM messages GROUP BY 1`,
      )
      .all()
      .map(row => ({ ...row }));
  };

  function expectTrue({ db, shares }: Room): void {
    const all = truth(db);
    for (const { owner, ...share } of all)
      expect(shares.all.of(String(owner)), String(owner)).to.deep.equal(share);
    const total = (measure: 'messages' | 'bytes') => all.reduce((sum, row) => sum + Number(row[measure]), 0);
    expect(shares.all.total).to.deep.equal({ messages: total('messages'), bytes: total('bytes') });
  }

  it('counts what is said, and counts the same after a restart', () => {
    let room = open(file.db);
    talk(room, SAID);
    expectTrue(room);
    room.shares.count();
    expectTrue(room);
    room = open(file.db);
    expectTrue(room);
    talk(room, SAID);
    while (room.shares.isBehind) room.shares.count();
    expect(room.state.now.counted).to.equal(4096);
    expectTrue(room);
    expectTrue(open(file.db));
  });

  it('counts at a start what a server that was killed has not', () => {
    talk(open(file.db), SAID);
    const next = open(file.db);
    expect(next.state.now.counted).to.equal(2048);
    expectTrue(next);
  });

  it('counts no more what is removed, at whatever point a server was killed', () => {
    for (const limits of [{ maxMessages: 100 }, { maxBytes: 20_000 }]) {
      let room = open(file.db, limits);
      talk(room, SAID);
      const { maxMessages = SAID, maxBytes = 1e12 } = limits as Partial<LogLimits>;
      const isOver = ({ messages, bytes }: { messages: number; bytes: number }) =>
        messages > maxMessages || bytes > maxBytes;
      for (let n = 0; isOver(room.shares.all.total); n++) {
        expect(n).to.be.below(50);
        if (n % 3 === 1 && room.shares.isBehind) room.shares.count();
        room.retention.slice();
        expectTrue(room);
        const copy = join(folder, `copy-${n}`);
        for (const part of ['room.db', 'room.db-wal']) cpSync(join(folder, part), join(copy, part));
        const killed = RoomFile.open(copy, 'normal');
        expectTrue(open(killed.db, limits));
        killed.close();
        room = open(file.db, limits);
        expectTrue(room);
      }
      expect(room.state.now.messages).to.equal(
        truth(file.db).reduce((sum, { messages }) => sum + Number(messages), 0),
      );
    }
    expect(file.db.prepare('SELECT count(*) AS rows FROM shares WHERE messages < 1').get()?.rows).to.equal(0);
  });

  it('has changed nothing when removing fails', () => {
    const room = open(file.db, { maxMessages: 100 });
    talk(room, SAID);
    file.db.exec("CREATE TEMP TRIGGER no BEFORE DELETE ON messages BEGIN SELECT RAISE(FAIL, 'no'); END");
    expect(() => room.retention.slice()).to.throw();
    expectTrue(room);
    expect(room.state.now.messages).to.equal(SAID);
    file.db.exec('DROP TRIGGER no');
    while (room.retention.isDue) room.retention.slice();
    expectTrue(room);
    expect(room.state.now.messages).to.equal(100);
  });

  it('takes the names for the owners in a file of an earlier version', () => {
    const path = join(folder, 'old.db');
    const db = new DatabaseSync(path);
    migrate(db, MIGRATIONS.slice(0, 3));
    db.exec('BEGIN');
    const insert = db.prepare("INSERT INTO messages VALUES (?, 1, 0, 1, ?, 'tea', NULL)");
    for (let seq = 11; seq <= SAID; seq++) insert.run(seq, seq % 10 === 0 ? 'carl' : 'eve');
    db.exec(`UPDATE state SET head = ${SAID}, messages = ${SAID - 10}, messages_from = 11; COMMIT`);
    migrate(db);
    const room = open(db, { maxMessages: 1000 });
    expectTrue(room);
    expect(room.state.now).to.deep.include({ counted: 2048, allFrom: 11, messagesFrom: 11 });
    while (room.retention.isDue) room.retention.slice();
    expectTrue(room);
    expect(room.shares.all.of('carl').messages).to.equal(249);
    expect(room.shares.all.of('eve').messages).to.equal(751);
    db.close();
  });
});

describe('A quota in bytes', () => {
  let folder: string;
  const MIB = 1024 * 1024;

  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Says so many messages of 4 KiB, a few in each turn of the event loop. */
  async function flood(store: SqliteEventStore, from: number, count: number): Promise<unknown[]> {
    const refusals: unknown[] = [];
    let seq = from;
    for (let n = 0; n < count; n += 8) {
      const batch = Array.from({ length: 8 }, (_, k) => ({
        ...sent(1, 'eve', 'x'.repeat(4000)),
        seq: seq + k,
        at: 1,
      }));
      try {
        store.write(batch);
        seq += batch.length;
      } catch (error) {
        refusals.push(error instanceof Error && 'code' in error ? error.code : error);
      }
      await new Promise(resolve => setTimeout(resolve, 1));
    }
    return [seq, ...refusals];
  }

  const size = () =>
    ['room.db', 'room.db-wal'].reduce((sum, part) => sum + statSync(join(folder, part)).size, 0);

  it('bounds the files, whatever is said', async () => {
    const store = new SqliteEventStore({ folder, synchronous: 'normal', ...PLENTY, maxBytes: 4 * MIB });
    await store.open();
    store.write([{ ...sent(2, 'carl', 'tea'), seq: 1, at: 1 }]);
    const [head] = await flood(store, 2, 6000);
    await until(async () => (await store.messages(0, Number(head), 10_000)).length < 1100);
    expect(size()).to.be.below(4 * 4 * MIB);
    expect(store.messageAt(1)).to.include({ content: 'tea' });
    await store.close();
  });

  it('makes room again on a full disk, and nothing that was recorded is lost but by it', async () => {
    const openDatabase = (path: string) => {
      const db = new DatabaseSync(path);
      db.exec(`PRAGMA max_page_count = ${(3 * MIB) / 4096}`);
      return db;
    };
    const options = { folder, synchronous: 'normal', ...PLENTY, maxBytes: MIB } as const;
    const store = new SqliteEventStore(options, openDatabase);
    await store.open();
    const batch = Array.from({ length: 400 }, (_, k) => ({
      ...sent(1, 'eve', 'x'.repeat(4000)),
      seq: 1 + k,
      at: 1,
    }));
    store.write(batch);
    let refused: unknown;
    try {
      store.write(
        Array.from({ length: 400 }, (_, k) => ({ ...sent(1, 'eve', 'y'.repeat(4000)), seq: 401 + k, at: 1 })),
      );
    } catch (error) {
      refused = error;
    }
    expect(refused).to.include({ code: 'DISK_FULL' });
    const [head, ...refusals] = await flood(store, 401, 4000);
    expect(Number(head)).to.be.above(1000);
    expect(refusals.filter(code => code !== 'DISK_FULL')).to.deep.equal([]);
    await until(async () => (await store.messages(0, Number(head), 10_000)).length < 270);
    const all = await store.messages(0, Number(head), 10_000);
    expect(all.at(-1)?.seq).to.equal(Number(head) - 1);
    expect(all.length).to.equal(Number(head) - (all[0]?.seq ?? 0));
    expect(store.kept.allMessages).to.equal(all[0]?.seq);
    await store.close();
  });

  it('gives back at a start what a file has held, if that is most of it', async () => {
    const store = new SqliteEventStore({ folder, synchronous: 'normal', ...PLENTY });
    await store.open();
    await flood(store, 1, 1000);
    await store.close();
    const db = new DatabaseSync(join(folder, 'room.db'));
    const before = statSync(join(folder, 'room.db')).size;
    db.exec('DELETE FROM messages WHERE seq > 300');
    giveBack(db);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(statSync(join(folder, 'room.db')).size).to.equal(before);
    giveBack(db, MIB);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(statSync(join(folder, 'room.db')).size).to.be.below(before / 2);
    db.close();
  });
});
