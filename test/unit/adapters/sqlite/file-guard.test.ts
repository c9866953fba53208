import { copyFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { FileGuard } from '../../../../src/adapters/sqlite/file-guard.js';
import type { RoomLog } from '../../../../src/application/server/room-log-ports.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';
import {
  joined,
  PLENTY,
  refusalOf,
  sent,
  sqliteRoomLog,
  temporaryFolder,
} from '../../../support/room-logs.js';
import { until } from '../../../support/until.js';

const WAL_HEADER = Buffer.from('377f0682', 'hex');

describe('FileGuard', () => {
  let folder: string;
  let room: string;
  let log: RoomLog;
  let logger: MemoryLogger;

  const open = () => {
    const log = sqliteRoomLog({ folder, synchronous: 'normal', ...PLENTY, logger });
    return log;
  };

  beforeEach(async () => {
    folder = temporaryFolder();
    room = join(folder, 'room.db');
    logger = new MemoryLogger();
    log = open();
    await log.open();
    await log.append(joined(1, 'carl', 'key'));
    for (let n = 0; n < 20; n++) await log.append(sent(1, 'carl', `before ${n}`, `r${n}`));
  });
  afterEach(async () => {
    await log.close();
    rmSync(folder, { recursive: true });
  });

  let count = 0;
  const say = () => log.append(sent(1, 'carl', 'after', `after ${++count}`));
  const checkpoint = () => {
    const other = new DatabaseSync(room);
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return other;
  };

  const wal = (work: (path: string) => void) => () => work(`${room}-wal`);
  const tampering: Record<string, () => void> = {
    'room.db is deleted': () => rmSync(room),
    'room.db is moved away': () => renameSync(room, `${room}.old`),
    'room.db is replaced by a copy of it': () => {
      copyFileSync(room, `${room}.copy`);
      renameSync(`${room}.copy`, room);
    },
    'room.db is emptied': () => {
      checkpoint().close();
      return say().then(() => truncateSync(room));
    },
    'room.db-wal is deleted': wal(path => rmSync(path)),
    'room.db-wal is replaced': wal(path => {
      rmSync(path);
      writeFileSync(path, 'something else');
    }),
    'room.db-wal is emptied': wal(path => truncateSync(path)),
    'room.db-wal is cut': wal(path => truncateSync(path, statSync(path).size / 2)),
    'room.db-wal is overwritten': wal(path => writeFileSync(path, 'something else'.repeat(100_000))),
    'all of them are deleted': () => {
      for (const name of ['', '-wal', '-shm']) rmSync(room + name);
    },
  };
  for (const [what, tamper] of Object.entries(tampering)) {
    it(`acknowledges nothing more from the moment when ${what}`, async () => {
      await tamper();
      expect(await refusalOf(log.erase(2))).to.equal('NOT_RECORDED');
      for (let n = 0; n < 3; n++) expect(await refusalOf(say())).to.equal('NOT_RECORDED');
      expect(logger.entries.map(({ level, message }) => [level, message])).to.deep.include([
        'error',
        'the history cannot be written',
      ]);
    });
  }

  it('saves what the deleted changes held, and the room goes on after a restart', async () => {
    rmSync(`${room}-wal`);
    await refusalOf(say());
    // As a kill -9 would leave the files.
    const after = temporaryFolder();
    copyFileSync(room, join(after, 'room.db'));
    const again = sqliteRoomLog({ folder: after, synchronous: 'normal', ...PLENTY });
    await again.open();
    const kept = await again.messagesBefore(1e9, 100);
    expect(kept.map(({ content }) => content)).to.include.members(
      Array.from({ length: 20 }, (_, n) => `before ${n}`),
    );
    await again.close();
    rmSync(after, { recursive: true });
  });

  for (const what of ['emptied', 'cut', 'overwritten']) {
    it(`destroys nothing of room.db when room.db-wal is ${what}`, async () => {
      checkpoint().close();
      // More than what makes SQLite put changes into the database by itself, with what comes next.
      for (let n = 0; n < 120; n++) await log.append(sent(1, 'carl', `later ${n}`, `l${n}`));
      await tampering[`room.db-wal is ${what}`]?.();
      for (let n = 0; n < 3; n++) expect(await refusalOf(say())).to.equal('NOT_RECORDED');
      await log.close();
      log = open();
      await log.open();
      const kept = await log.messagesBefore(1e9, 100);
      expect(kept.map(({ content }) => content)).to.include.members(
        Array.from({ length: 20 }, (_, n) => `before ${n}`),
      );
      expect(await say()).to.include({ content: 'after' });
    });
  }

  it('does not forget what was destroyed when the files look whole again', () => {
    const path = join(folder, 'guarded');
    for (const name of [path, `${path}-wal`]) writeFileSync(name, WAL_HEADER);
    const guard = new FileGuard(path, {
      database: () => WAL_HEADER.length,
      changes: () => WAL_HEADER.length,
    });
    expect(guard.look()).to.equal(undefined);
    truncateSync(`${path}-wal`);
    expect(guard.look()).to.equal('LOST_CHANGES');
    writeFileSync(`${path}-wal`, WAL_HEADER);
    expect(guard.look()).to.equal('LOST_CHANGES');
    guard.close();
  });

  it('notices it while nobody says anything', async () => {
    rmSync(`${room}-wal`);
    await until(() => logger.entries.some(({ message }) => message === 'the history cannot be written'));
  });

  const harmless: Record<string, () => void> = {
    'reads the file': () => new DatabaseSync(room, { readOnly: true }).close(),
    'makes a checkpoint': () => checkpoint().close(),
    'makes a VACUUM': () => {
      const other = checkpoint();
      other.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
      other.close();
    },
    'copies the files': () => copyFileSync(room, `${room}.copy`),
  };
  for (const [what, work] of Object.entries(harmless)) {
    it(`does not mind a program that ${what}`, async () => {
      const texts = Array.from({ length: 500 }, (_, n) => `${n} ${'x'.repeat(500)}`);
      await Promise.all(texts.map((text, n) => log.append(sent(1, 'carl', text, `t${n}`))));
      work();
      for (let n = 0; n < 3; n++) await log.append(sent(1, 'carl', 'after', `after ${n}`));
      work();
      expect(await log.append(sent(1, 'carl', 'last', 'last'))).to.include({ content: 'last' });
    });
  }
});
