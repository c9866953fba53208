import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { RoomFile } from '../../../../src/adapters/sqlite/room-file.js';
import { APPLICATION_ID, MIGRATIONS, pragma } from '../../../../src/adapters/sqlite/schema.js';
import { RoomLogFailure } from '../../../../src/application/server/failures.js';
import { joined, PLENTY, sent, sqliteRoomLog, temporaryFolder } from '../../../support/room-logs.js';

describe('The file of a SqliteEventStore', () => {
  let folder: string;
  const path = () => join(folder, 'room.db');
  const create = (at = folder) => sqliteRoomLog({ folder: at, synchronous: 'full', ...PLENTY });

  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Why the log cannot be opened, and what is named as the reason. */
  async function failureOf(log = create()): Promise<readonly [string, string]> {
    try {
      await log.open();
    } catch (error) {
      if (error instanceof RoomLogFailure) return [error.code, error.path];
      throw error;
    }
    await log.close();
    return expect.fail('it was opened');
  }

  async function fill(messages = 100): Promise<void> {
    const log = create();
    await log.open();
    for (let n = 0; n < messages; n++) void log.append(sent(1, 'carl', `tea ${n}`));
    await log.search({ words: 'tea', limit: 1 });
    await log.close();
  }

  it('is made in a folder that is made, for its owner only', async () => {
    const deep = join(folder, 'a', 'b');
    const log = create(deep);
    await log.open();
    const mode = (file: string) => statSync(join(deep, file)).mode & 0o777;
    expect(['.', 'room.db', 'room.db-wal', 'room.lock'].map(mode)).to.deep.equal([
      0o700, 0o600, 0o600, 0o600,
    ]);
    await log.close();
  });

  it('is served by one at a time, and can be read by others', async () => {
    const log = create();
    await log.open();
    await log.append(joined(1, 'carl'));
    expect(await failureOf()).to.deep.equal(['IN_USE', join(folder, 'room.lock')]);
    const reader = new DatabaseSync(path(), { readOnly: true });
    expect(reader.prepare('SELECT username FROM presence').get()?.username).to.equal('carl');
    reader.close();
    await log.close();
    await log.close();
    const next = create();
    expect((await next.open()).head).to.equal(1);
    await next.close();
  });

  it('is free after its server was killed, and has all that was acknowledged', async () => {
    const store = new URL('../../../../src/adapters/sqlite/sqlite-event-store.js', import.meta.url);
    const roomLog = new URL('../../../../src/application/server/recording-room-log.js', import.meta.url);
    const program = `import { SqliteEventStore } from ${JSON.stringify(store.href)};
      import { RecordingRoomLog } from ${JSON.stringify(roomLog.href)};
      const log = new RecordingRoomLog(new SqliteEventStore(${JSON.stringify({ folder, synchronous: 'normal', ...PLENTY })}));
      await log.open();
      await log.append({ type: 'UserJoined', session: 1, username: 'carl' });
      await log.append({ type: 'MessageSent', session: 1, username: 'carl', content: 'hi' });
      console.log('acknowledged');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(await failureOf()).to.deep.equal(['IN_USE', join(folder, 'room.lock')]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const log = create();
    expect(await log.open()).to.deep.include({ head: 2, present: [{ session: 1, username: 'carl' }] });
    await log.close();
  });

  it('cannot be in what is no folder, nor be a folder', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await failureOf(create(join(file, 'below')))).to.deep.equal(['UNUSABLE', join(file, 'below')]);
    const inside = join(folder, 'inside');
    mkdirSync(join(inside, 'room.db'), { recursive: true });
    expect(await failureOf(create(inside))).to.deep.equal(['UNUSABLE', join(inside, 'room.db')]);
  });

  it('needs the permission to write', async () => {
    chmodSync(folder, 0o500);
    // Nothing is denied to root, so that root is nobody for a moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect((await failureOf())[0]).to.equal('NO_PERMISSION');
      expect(await failureOf(create(join(folder, 'below')))).to.deep.equal([
        'NO_PERMISSION',
        join(folder, 'below'),
      ]);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(folder, 0o700);
    }
  });

  it('is not touched when it is something else', async () => {
    writeFileSync(path(), 'dear diary, '.repeat(100));
    const before = readFileSync(path());
    expect(await failureOf()).to.deep.equal(['DAMAGED', path()]);
    expect(readFileSync(path()).equals(before)).to.equal(true);
  });

  it('is not touched when it is the database of another program', async () => {
    const other = new DatabaseSync(path());
    other.exec('CREATE TABLE cookies (id INTEGER PRIMARY KEY)');
    other.close();
    const before = readFileSync(path());
    expect(await failureOf()).to.deep.equal(['UNUSABLE', path()]);
    expect(readFileSync(path()).equals(before)).to.equal(true);
  });

  it('is not touched when a newer version has written it', async () => {
    await fill();
    const db = new DatabaseSync(path());
    db.exec('PRAGMA user_version = 1000');
    db.close();
    const before = readFileSync(path());
    expect(await failureOf()).to.deep.equal(['TOO_NEW', path()]);
    expect(readFileSync(path()).equals(before)).to.equal(true);
  });

  it('is found damaged in the middle, and when its end is missing', async () => {
    await fill(2000);
    const whole = readFileSync(path());
    const broken = Buffer.from(whole);
    broken.fill(0xaa, Math.floor(whole.length / 2), Math.floor(whole.length / 2) + 8192);
    writeFileSync(path(), broken);
    expect(await failureOf()).to.deep.equal(['DAMAGED', path()]);
    writeFileSync(path(), whole.subarray(0, whole.length / 2));
    expect(await failureOf()).to.deep.equal(['DAMAGED', path()]);
    writeFileSync(path(), whole);
    const log = create();
    expect((await log.open()).head).to.equal(2000);
    await log.close();
  });

  it('is found damaged when it contradicts itself', async () => {
    await fill();
    const db = new DatabaseSync(path());
    db.exec('UPDATE state SET head = 99');
    expect(await failureOf()).to.deep.equal(['DAMAGED', path()]);
    db.exec('DELETE FROM state');
    expect(await failureOf()).to.deep.equal(['DAMAGED', path()]);
    db.close();
  });

  it('is brought from an older version of the schema to the last one, step by step', () => {
    const [first = ''] = MIGRATIONS;
    const open = (migrations: typeof MIGRATIONS) => RoomFile.open(folder, 'normal', undefined, migrations);
    const old = open([first]);
    old.db.exec(
      "INSERT INTO messages (seq, at, session, username, content) VALUES (1, 5, 1, 'carl', 'hi'); UPDATE state SET head = 1",
    );
    old.close();
    const steps = [
      first,
      'ALTER TABLE messages ADD COLUMN room TEXT',
      (db: DatabaseSync) => db.exec("UPDATE messages SET room = 'only'"),
    ];
    const file = open(steps);
    expect({ ...file.db.prepare('SELECT content, room FROM messages').get() }).to.deep.equal({
      content: 'hi',
      room: 'only',
    });
    expect([pragma(file.db, 'user_version'), pragma(file.db, 'application_id')]).to.deep.equal([
      3,
      APPLICATION_ID,
    ]);
    file.close();
  });

  it('knows after a migration where the clock had been set back', async () => {
    const old = RoomFile.open(folder, 'normal', undefined, MIGRATIONS.slice(0, 1));
    const add = old.db.prepare(
      "INSERT INTO messages (seq, at, session, username, content) VALUES (?, ?, 1, 'carl', 'tea')",
    );
    for (const [seq, at] of [10, 20, 90, 15, 30].entries()) add.run(seq + 1, at);
    old.db.exec(
      "INSERT INTO presence VALUES (6, 5, 2, 1, 'carl'); UPDATE state SET head = 6, at = 5, messages = 5",
    );
    old.close();
    const log = create();
    await log.open();
    const find = async (since: number, until: number) =>
      (await log.search({ words: 'tea', since, until, limit: 9 })).map(({ seq }) => seq);
    expect(await find(15, 31)).to.deep.equal([5, 4, 2]);
    expect(await find(80, 100)).to.deep.equal([3]);
    await log.append(sent(1, 'carl', 'tea'));
    expect(await find(31, 1e15)).to.deep.equal([7, 3]);
    await log.close();
    const db = new DatabaseSync(path());
    expect(db.prepare('SELECT seq FROM clock_jumps').all()).to.deep.equal([4, 6].map(seq => ({ seq })));
    db.close();
  });

  it('keeps the version that it has when a step fails', () => {
    const broken = ['ALTER TABLE messages ADD COLUMN room TEXT; SELECT nothing FROM nowhere'];
    expect(() => RoomFile.open(folder, 'normal', undefined, [...MIGRATIONS, ...broken])).to.throw(
      RoomLogFailure,
    );
    const file = RoomFile.open(folder, 'normal');
    expect(pragma(file.db, 'user_version')).to.equal(MIGRATIONS.length);
    expect(
      file.db.prepare('SELECT * FROM pragma_table_info(?) WHERE name = ?').get('messages', 'room'),
    ).to.equal(undefined);
    file.close();
  });
});
