import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import sinon from 'sinon';
import { RoomFile } from '../../../../src/adapters/sqlite/room-file.js';
import { MIGRATIONS } from '../../../../src/adapters/sqlite/schema.js';
import { SqliteHistoryArchive } from '../../../../src/adapters/sqlite/sqlite-history-archive.js';
import { RoomLogFailure } from '../../../../src/application/server/failures.js';
import type { RoomLog } from '../../../../src/application/server/room-log-ports.js';
import { PLENTY, sent, sqliteRoomLog, temporaryFolder } from '../../../support/room-logs.js';

/** Messages that bring at least one checkpoint. */
const MANY = 700;

describe('The changes beside a file of a SqliteEventStore', () => {
  let root: string;
  let folder: string;
  let warnings: string[];
  let logs: RoomLog[];

  beforeEach(() => {
    root = temporaryFolder();
    folder = join(root, 'data');
    warnings = [];
    logs = [];
  });
  afterEach(async () => {
    for (const log of logs) await log.close();
    rmSync(root, { recursive: true });
  });

  const logger = {
    error: () => {},
    info: () => {},
    warn: ({ file = '' }: { file?: string }, message: string) => warnings.push(`${message} ${file}`.trim()),
  };

  async function start(at = folder): Promise<RoomLog> {
    const log = sqliteRoomLog({ folder: at, synchronous: 'normal', ...PLENTY, logger });
    await log.open();
    logs.push(log);
    return log;
  }

  /** In transactions of their own. */
  async function say(log: RoomLog, count: number, text = 'x'.repeat(2000)): Promise<void> {
    for (let n = 0; n < count; n++) await log.append(sent(1, 'carl', text));
  }

  /** What a new server finds where these files are. */
  async function count(at: string): Promise<number> {
    const log = await start(at);
    const { length } = await log.messagesBefore(1e9, 1e6);
    await log.append(sent(1, 'carl', 'later'));
    await log.close();
    const db = new DatabaseSync(join(at, 'room.db'));
    expect(db.prepare('PRAGMA integrity_check').get()?.integrity_check).to.equal('ok');
    db.close();
    return length;
  }

  /** A folder with these files, as somebody puts them there, or as a kill -9 leaves them. */
  function put(name: string, db: string, changes?: string): string {
    const at = join(root, name);
    mkdirSync(at, { recursive: true });
    copyFileSync(join(db, 'room.db'), join(at, 'room.db'));
    if (changes !== undefined) copyFileSync(join(changes, 'room.db-wal'), join(at, 'room.db-wal'));
    return at;
  }

  const stale = (at: string) => readdirSync(at).filter(name => name.includes('stale'));

  it('are recovered after a kill -9, and when more was put into the file meanwhile', async () => {
    const log = await start();
    for (const [n, messages] of [0, 1, MANY, 30].entries()) {
      await say(log, messages);
      const killed = put(`killed ${n}`, folder, folder);
      expect(await count(killed)).to.equal([0, 1, MANY + 1, MANY + 31][n]);
      expect(stale(killed)).to.deep.equal([]);
    }
    expect(warnings).to.deep.equal([]);
  });

  it('are recovered when those before were, and after a stop', async () => {
    await say(await start(), 3);
    const once = put('once', folder, folder);
    await say(await start(once), 3);
    const twice = put('twice', once, once);
    expect(await count(twice)).to.equal(6);
    expect(await count(twice)).to.equal(7);
    expect(warnings).to.deep.equal([]);
  });

  it('are recovered when another program has moved everything in the file', async () => {
    const log = await start();
    await say(log, 3);
    const other = new DatabaseSync(join(folder, 'room.db'));
    other.exec('CREATE TABLE first (x); DROP TABLE sessions; ALTER TABLE state RENAME TO old');
    other.exec('CREATE TABLE state AS SELECT 1; DROP TABLE state; ALTER TABLE old RENAME TO state; VACUUM');
    other.exec(
      'CREATE TABLE sessions (session INTEGER PRIMARY KEY, username TEXT, resume_key TEXT, left_seq INT, key TEXT)',
    );
    await say(log, 1);
    const killed = put('killed', folder, folder);
    other.close();
    expect(await count(killed)).to.equal(4);
    expect(warnings).to.deep.equal([]);
  });

  it('are put into the file when nobody says anything, so that a plain copy has them', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const log = await start();
    await say(log, 3);
    clock.tick(5100);
    const early = put('early', folder);
    await say(log, 1);
    clock.tick(4000);
    const quick = put('quick', folder);
    clock.tick(7000);
    const late = put('late', folder);
    clock.restore();
    expect([await count(early), await count(quick), await count(late)]).to.deep.equal([3, 3, 4]);
  });

  it('are recovered that a version left which had no names for transactions', async () => {
    const old = RoomFile.open(folder, 'normal', undefined, MIGRATIONS.slice(0, 1));
    old.db.exec(
      "INSERT INTO messages (seq, at, session, username, content) VALUES (1, 5, 1, 'carl', 'hi'); UPDATE state SET head = 1, messages = 1",
    );
    const killed = put('killed', folder, folder);
    old.close();
    expect(await count(killed)).to.equal(1);
    expect(await count(put('stopped', folder))).to.equal(1);
    expect(warnings).to.deep.equal([]);
  });

  it('are set aside beside an older file of the same room', async () => {
    const log = await start();
    await say(log, MANY);
    const nightly = put('nightly', folder, folder);
    await say(log, MANY);
    const there = put('there', nightly, folder);
    const found = await count(there);
    expect(found).to.be.within(1, MANY);
    expect(stale(there)).to.have.length(1);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(
      /^room\.db-wal belongs to another room\.db, .* room\.db-wal\.stale-\d{8}T\d{6}/,
    );
  });

  it('are set aside beside the file of another room, of an older version, and beside none', async () => {
    await say(await start(), 3);
    await say(await start(join(root, 'other')), 5);
    await logs[1]?.close();
    const there = put('there', join(root, 'other'), folder);
    expect(await count(there)).to.equal(5);
    const older = join(root, 'older');
    RoomFile.open(older, 'normal', undefined, MIGRATIONS.slice(0, 1)).close();
    copyFileSync(join(folder, 'room.db-wal'), join(older, 'room.db-wal'));
    expect(await count(older)).to.equal(0);
    const none = put('none', folder, folder);
    rmSync(join(none, 'room.db'));
    expect(await count(none)).to.equal(0);
    expect([there, older, none].map(at => stale(at).length)).to.deep.equal([1, 1, 1]);
  });

  it('are set aside beside a backup of the same hour', async () => {
    const log = await start();
    await say(log, 3);
    const backup = join(root, 'backup');
    mkdirSync(backup);
    await new SqliteHistoryArchive(folder).backup(join(backup, 'room.db'));
    await say(log, 3);
    expect(await count(put('there', backup, folder))).to.equal(3);
    expect(warnings).to.have.length(1);
  });

  it('are missed beside a copy made while a server ran, and the operator is told', async () => {
    const log = await start();
    await log.close();
    await say(await start(), 3);
    expect(await count(put('there', folder))).to.equal(0);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^room\.db is a copy made while a server ran/);
    await logs[1]?.close();
    warnings = [];
    expect(await count(put('stopped', folder))).to.equal(3);
    expect(warnings).to.deep.equal([]);
  });

  it('are missed beside a file without tables, and the operator is told', async () => {
    mkdirSync(folder);
    const db = new DatabaseSync(join(folder, 'room.db'));
    db.exec('PRAGMA journal_mode = WAL');
    db.close();
    expect(await count(folder)).to.equal(0);
    expect(warnings).to.have.length(1);
  });

  it('are ignored when they are none', async () => {
    await say(await start(), 3);
    await logs[0]?.close();
    for (const text of ['', 'x', 'not changes, but long enough to be some'.repeat(200)]) {
      writeFileSync(join(folder, 'room.db-wal'), text);
      expect((await start()).kept.messages).to.equal(1);
      await logs.at(-1)?.close();
    }
    expect(warnings).to.deep.equal([]);
  });

  it('are never mixed with a file of another moment', async () => {
    const log = await start();
    const moments: string[] = [];
    for (let n = 0; n < 12; n++) {
      await say(log, 1 + ((n * 131) % 400), `${n}`.repeat(500));
      moments.push(put(`moment ${n}`, folder, folder));
    }
    const all = (await log.messagesBefore(1e9, 1e6)).map(({ content }) => content);
    let refused = 0;
    for (const db of moments) {
      for (const changes of moments) {
        const there = put('there', db, changes);
        try {
          const again = await start(there);
          const found = (await again.messagesBefore(1e9, 1e6)).map(({ content }) => content);
          expect(found).to.deep.equal(all.slice(0, found.length));
          await again.close();
        } catch (error) {
          if (!(error instanceof RoomLogFailure)) throw error;
          expect(error.code).to.equal('DAMAGED');
          refused++;
        }
        rmSync(there, { recursive: true });
      }
    }
    expect(refused).to.be.below(moments.length ** 2 / 2);
  });

  it('are not restored with a file of another moment, and not exported with it', async () => {
    const log = await start();
    await say(log, MANY);
    const nightly = put('nightly', folder, folder);
    await say(log, MANY);
    const there = put('there', nightly, folder);
    const restored = new SqliteHistoryArchive(join(root, 'restored')).restore(join(there, 'room.db'));
    expect(await restored.catch(({ code }) => code)).to.equal('DAMAGED');
    expect(stale(there)).to.deep.equal([]);
    let messages = 0;
    for await (const { type } of new SqliteHistoryArchive(there).events())
      if (type === 'MessageSent') messages++;
    expect(messages).to.be.within(1, MANY);
    expect(stale(there)).to.have.length(1);
  });

  it('that are foreign stay out of the history that a restore keeps', async () => {
    await say(await start(), 3);
    const backup = join(root, 'backup.db');
    await new SqliteHistoryArchive(folder).backup(backup);
    await say(await start(join(root, 'other')), 5);
    const there = put('there', folder, join(root, 'other'));
    const { kept = '' } = await new SqliteHistoryArchive(there).restore(backup);
    expect(existsSync(`${kept}-wal`)).to.equal(false);
    expect(stale(there)).to.have.length(1);
    expect(await new SqliteHistoryArchive(join(root, 'new')).restore(kept)).to.include({ messages: 0 });
  });
});
