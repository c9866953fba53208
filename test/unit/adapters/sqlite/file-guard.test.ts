import { copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import type { RoomLog } from '../../../../src/application/server/ports.js';
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
    'all of them are deleted': () => {
      for (const name of ['', '-wal', '-shm']) rmSync(room + name);
    },
  };
  for (const [what, tamper] of Object.entries(tampering)) {
    it(`acknowledges nothing more from the moment when ${what}`, async () => {
      await tamper();
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

  it('notices it while nobody says anything', async function () {
    this.timeout(5000);
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
