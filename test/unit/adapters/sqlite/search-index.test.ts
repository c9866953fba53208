import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import sinon from 'sinon';
import { OwnerShares } from '../../../../src/adapters/sqlite/owner-shares.js';
import { Reader } from '../../../../src/adapters/sqlite/reader.js';
import { Retention } from '../../../../src/adapters/sqlite/retention.js';
import { RoomFile } from '../../../../src/adapters/sqlite/room-file.js';
import { RoomState } from '../../../../src/adapters/sqlite/room-state.js';
import { SearchIndex } from '../../../../src/adapters/sqlite/search-index.js';
import { Writer } from '../../../../src/adapters/sqlite/writer.js';
import { PLENTY, sent, sqliteRoomLog, temporaryFolder } from '../../../support/room-logs.js';

const SHARD = 10;

describe('SearchIndex', () => {
  let folder: string;
  let file: RoomFile;

  beforeEach(() => {
    folder = temporaryFolder();
    file = RoomFile.open(folder, 'normal');
  });
  afterEach(() => {
    file.close();
    rmSync(folder, { recursive: true });
  });

  /** Everything anew on the same file, as after a restart. */
  function open(maxMessages = PLENTY.maxMessages, shard = SHARD) {
    const { db } = file;
    const state = new RoomState(db);
    const reader = new Reader(db);
    const index = new SearchIndex(db, state, reader, shard);
    const shares = new OwnerShares(db, state);
    const retention = new Retention(db, state, reader, shares, { ...PLENTY, maxMessages }, index);
    return { db, state, index, retention, writer: new Writer(db, state, shares) };
  }

  function write({ state, writer }: ReturnType<typeof open>, count: number, text = 'tea'): void {
    const { head } = state.now;
    writer.write(
      Array.from({ length: count }, (_, n) => ({ ...sent(1, 'carl', text), seq: head + 1 + n, at: 1 })),
    );
  }

  const tables = () =>
    file.db
      .prepare("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%' ORDER BY rowid")
      .all()
      .map(({ name }) => name);
  const seqs = async ({ index }: ReturnType<typeof open>, limit = 1000) =>
    (await index.search({ words: 'tea', limit })).map(({ seq }) => seq);
  const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => from - n);

  it('finds through all of its tables, newest first', async () => {
    const room = open();
    write(room, 35);
    expect(await seqs(room)).to.deep.equal(down(35, 1));
    expect(tables()).to.deep.equal(['search_1', 'search_2', 'search_3', 'search_4']);
    expect(await seqs(room, 12)).to.deep.equal(down(35, 24));
  });

  it('goes on where it was, in a table that is not full', async () => {
    const first = open();
    write(first, 15);
    while (first.index.isBehind) first.index.catchUp();
    write(first, 3);
    const second = open();
    expect(second.index.isBehind).to.equal(true);
    expect(await seqs(second)).to.deep.equal(down(18, 1));
    expect(tables()).to.deep.equal(['search_1', 'search_2']);
  });

  it('drops tables whose messages are gone, and goes on after them', async () => {
    const room = open(5);
    write(room, 35);
    while (room.index.isBehind) room.index.catchUp();
    while (room.retention.isDue) room.retention.slice();
    expect(await seqs(room)).to.deep.equal(down(35, 31));
    while (room.index.isOutdated) room.index.tidy();
    expect(tables()).to.deep.equal(['search_4']);
    write(room, 12);
    expect(await seqs(room)).to.deep.equal(down(47, 31));
    expect(tables()).to.deep.equal(['search_4', 'search_5']);
  });

  it('moves the few that are kept among many to the table before, and drops the one they were in', async () => {
    const room = open(12);
    const said = (count: number, username: string) => {
      const { head } = room.state.now;
      room.writer.write(
        Array.from({ length: count }, (_, n) => ({ ...sent(1, username, 'tea'), seq: head + 1 + n, at: 1 })),
      );
    };
    for (let n = 0; n < 4; n++) {
      said(1, 'carl');
      said(9, 'eve');
    }
    said(2, 'eve');
    while (room.index.isBehind) room.index.catchUp();
    expect(tables()).to.have.length(5);
    while (room.retention.isDue) room.retention.slice();
    const kept = [42, 41, 40, 39, 38, 37, 36, 35, 31, 21, 11, 1];
    expect(await seqs(room)).to.deep.equal(kept);
    for (let n = 0; room.index.isOutdated; n++) {
      expect(n).to.be.below(20);
      room.index.tidy();
      expect(await seqs(room), `after ${n}`).to.deep.equal(kept);
    }
    expect(tables()).to.deep.equal(['search_4', 'search_5', 'search_6']);
    expect(await seqs(open())).to.deep.equal(kept);
    said(10, 'eve');
    while (room.retention.isDue) room.retention.slice();
    while (room.index.isOutdated) room.index.tidy();
    expect(await seqs(room)).to.deep.equal([...down(52, 45), 31, 21, 11, 1]);
  });

  it('has moved nothing when that fails', async () => {
    const room = open(12);
    const say = (username: string, seq: number) => ({ ...sent(1, username, 'tea'), seq, at: 1 });
    room.writer.write(
      down(42, 1)
        .reverse()
        .map(seq => say(seq % 10 === 1 ? 'carl' : 'eve', seq)),
    );
    while (room.index.isBehind) room.index.catchUp();
    while (room.retention.isDue) room.retention.slice();
    const found = await seqs(room);
    file.db.exec('CREATE TABLE search_6 (it_is_taken TEXT)');
    expect(() => room.index.tidy()).to.throw();
    expect(await seqs(room)).to.deep.equal(found);
    file.db.exec('DROP TABLE search_6');
    while (room.index.isOutdated) room.index.tidy();
    expect(await seqs(room)).to.deep.equal(found);
  });

  it('leaves out what was gone before it was indexed', async () => {
    const room = open(5);
    write(room, 35);
    while (room.retention.isDue) room.retention.slice();
    expect(room.state.now).to.deep.include({ messages: 5, messagesFrom: 31, indexedTo: 30 });
    expect(await seqs(room)).to.deep.equal(down(35, 31));
    expect(tables()).to.deep.equal(['search_1']);
  });

  it('has changed nothing when a slice fails', async () => {
    const room = open();
    write(room, 15);
    file.db.exec('CREATE TABLE search_2 (it_is_taken TEXT)');
    expect(() => room.index.catchUp()).to.throw();
    expect(room.state.now.indexedTo).to.equal(0);
    expect(tables()).to.deep.equal([]);
    expect(await seqs(room)).to.deep.equal(down(15, 1));
    file.db.exec('DROP TABLE search_2');
    expect(await seqs(room)).to.deep.equal(down(15, 1));
    expect(room.index.isBehind).to.equal(false);
  });

  it('is not disturbed by a table that goes while it searches', async () => {
    const room = open(5);
    for (let microtasks = 0; microtasks < 12; microtasks++) {
      write(room, 35);
      while (room.index.isBehind) room.index.catchUp();
      const { head } = room.state.now;
      const searching = seqs(room);
      for (let n = 0; n < microtasks; n++) await Promise.resolve();
      while (room.retention.isDue) room.retention.slice();
      while (room.index.isOutdated) room.index.tidy();
      expect((await searching).slice(0, 5)).to.deep.equal(down(head, head - 4));
    }
  });

  it('merges a little after each slice, and never much', () => {
    const room = open(PLENTY.maxMessages, 100_000);
    const changes = () => Number(file.db.prepare('SELECT total_changes() AS n').get()?.n);
    const rows: number[] = [];
    for (let n = 0; n < 600; n++) {
      write(room, 1, Array.from({ length: 100 }, (_, k) => `w${(n * 100 + k).toString(36)}`).join(' '));
      const before = changes();
      room.index.catchUp();
      rows.push(changes() - before);
    }
    const segments = file.db.prepare('SELECT count(DISTINCT segid) AS n FROM search_1_idx').get()?.n;
    expect(segments).to.be.within(2, 30);
    expect(Math.max(...rows)).to.be.within(10, 150);
  });

  it('catches up by itself when the room is quiet', async () => {
    file.close();
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const log = sqliteRoomLog({ folder, synchronous: 'normal', ...PLENTY });
    await log.open();
    const other = new DatabaseSync(join(folder, 'room.db'), { readOnly: true });
    const indexed = () => other.prepare('SELECT indexed_to AS seq FROM state').get()?.seq;
    for (const head of [1, 2]) {
      clock.tick(5000);
      await log.append(sent(1, 'carl', 'tea'));
      expect(indexed()).to.equal(head - 1);
      clock.tick(5000);
      expect(indexed()).to.equal(head);
    }
    other.close();
    await log.close();
    clock.restore();
    file = RoomFile.open(folder, 'normal');
  });
});
