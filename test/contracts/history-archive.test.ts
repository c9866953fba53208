import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { SqliteHistoryArchive } from '../../src/adapters/sqlite/sqlite-history-archive.js';
import type { RoomLog } from '../../src/application/server/room-log-ports.js';
import type { HistoryArchive } from '../../src/application/server/service-ports.js';
import { PLENTY, sqliteRoomLog } from '../support/room-logs.js';

interface Kind {
  archive(folder: string): HistoryArchive;
  roomLog(folder: string): RoomLog;
}

/** One entry for every technology that keeps a history in files. */
const ARCHIVES: Record<string, Kind> = {
  SqliteHistoryArchive: {
    archive: folder => new SqliteHistoryArchive(folder),
    roomLog: folder => sqliteRoomLog({ folder, synchronous: 'normal', ...PLENTY }),
  },
};

for (const [name, { archive, roomLog }] of Object.entries(ARCHIVES)) {
  describe(`a HistoryArchive: ${name}`, () => {
    let root: string;
    let folder: string;
    let file: string;
    let log: RoomLog | undefined;

    beforeEach(async () => {
      root = mkdtempSync(join(tmpdir(), 'chatty-archive-'));
      folder = join(root, 'data');
      file = join(root, 'backup.db');
      log = roomLog(folder);
      await log.open();
      await log.append({ type: 'UserJoined', session: 1, username: 'carl' });
      for (const content of ['one', 'two']) await say(content);
    });
    afterEach(async () => {
      await log?.close();
      rmSync(root, { recursive: true });
    });

    const say = (content: string) =>
      log?.append({ type: 'MessageSent', session: 1, username: 'carl', content });
    const stop = async () => {
      await log?.close();
      log = undefined;
    };
    const said = async () => {
      const contents: string[] = [];
      for await (const event of archive(folder).events())
        if (event.type === 'MessageSent') contents.push(event.content);
      return contents;
    };
    const failureOf = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        error => error.code,
      );
    const restore = () => archive(folder).restore(file);

    it('backs up everything that was recorded, while the server runs', async () => {
      const summary = await archive(folder).backup(file);
      expect(summary.messages).to.equal(2);
      expect(summary.lastAt).to.be.closeTo(Date.now(), 10_000);
      await say('three');
      await stop();
      await restore();
      expect(await said()).to.deep.equal(['one', 'two']);
    });

    it('makes a backup of one file, that only its owner can read', async () => {
      await archive(folder).backup(file);
      expect(readdirSync(root).sort()).to.deep.equal(['backup.db', 'data']);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
    });

    it('backs up a busy room, each time to one moment', async () => {
      const sending = (async () => {
        for (let n = 0; n < 300; n++) await say(`busy ${n}`);
      })();
      const first = await archive(folder).backup(file);
      await sending;
      const second = await archive(folder).backup(file, true);
      expect(second.messages).to.equal(302);
      expect(first.messages).to.be.at.most(302);
    });

    it('replaces a file only when it may, and never the history itself', async () => {
      writeFileSync(file, 'mine');
      expect(await failureOf(archive(folder).backup(file))).to.equal('EXISTS');
      expect(readFileSync(file, 'utf8')).to.equal('mine');
      expect((await archive(folder).backup(file, true)).messages).to.equal(2);
      symlinkSync(join(root, 'nowhere'), join(root, 'link'));
      expect(await failureOf(archive(folder).backup(join(root, 'link')))).to.equal('EXISTS');
    });

    it('takes the place of no file of the history, however it is named', async () => {
      symlinkSync(folder, join(root, 'link'));
      const before = readdirSync(folder);
      for (const name of ['room.db', 'room.db-wal', 'room.db-shm', 'room.db-journal', 'room.lock', 'ROOM.DB'])
        for (const at of [folder, join(folder, '..', 'data'), join(root, 'link')])
          expect(await failureOf(archive(folder).backup(join(at, name), true))).to.equal('OWN_FILE');
      expect(readdirSync(folder)).to.deep.equal(before);
    });

    it('neither replaces nor restores what is no file', async () => {
      for (const path of [root, '/dev/null']) {
        expect(await failureOf(archive(folder).backup(path, true))).to.equal('NOT_A_FILE');
        expect(await failureOf(archive(join(root, 'new')).restore(path))).to.equal('NOT_A_FILE');
      }
      expect(readdirSync(root)).to.deep.equal(['data']);
    });

    it('removes the draft of one that was killed, and no other file', async () => {
      const others = [
        'backup.db.1.part',
        'backup.db.x.part',
        'backup.db.4194305.part.txt',
        'xbackup.db.9.part',
      ];
      const dead = (path: string) => {
        writeFileSync(path, '');
        utimesSync(path, 1, 1);
      };
      for (const name of [...others, 'backup.db.4194305.part']) dead(join(root, name));
      writeFileSync(join(root, 'backup.db.4194306.part'), '');
      await archive(folder).backup(file);
      expect(readdirSync(root).sort()).to.deep.equal(
        [...others, 'backup.db', 'backup.db.4194306.part', 'data'].sort(),
      );
      await stop();
      for (const end of ['', '-wal', '-journal']) dead(join(folder, `room.db.4194305.part${end}`));
      await restore();
      expect(readdirSync(folder).filter(name => name.includes('part'))).to.deep.equal([]);
    });

    it('restores a backup that is read-only, or readable for all, for the owner alone', async () => {
      await archive(folder).backup(file);
      await stop();
      for (const mode of [0o444, 0o644]) {
        chmodSync(file, mode);
        await restore();
        expect(statSync(join(folder, 'room.db')).mode & 0o777).to.equal(0o600);
        expect(await said()).to.deep.equal(['one', 'two']);
      }
    });

    it('says that there is nothing to back up, to restore or to read', async () => {
      const nothing = archive(join(root, 'nothing'));
      expect(await failureOf(nothing.backup(file))).to.equal('NOT_FOUND');
      expect(await failureOf(nothing.restore(file))).to.equal('NOT_FOUND');
      expect(await failureOf(nothing.events()[Symbol.asyncIterator]().next())).to.equal('NOT_FOUND');
      expect(readdirSync(root)).to.deep.equal(['data']);
    });

    it('says that a backup cannot be written, and leaves nothing behind', async () => {
      expect(await failureOf(archive(folder).backup(join(root, 'no', 'such.db')))).to.equal('UNUSABLE');
      expect(readdirSync(root)).to.deep.equal(['data']);
    });

    it('restores nothing while a server runs', async () => {
      await archive(folder).backup(file);
      await say('three');
      expect(await failureOf(restore())).to.equal('IN_USE');
      expect(await said()).to.deep.equal(['one', 'two', 'three']);
    });

    it('keeps the history that it replaces, whole', async () => {
      await archive(folder).backup(file);
      await say('three');
      await stop();
      const { kept = '' } = await restore();
      expect(kept).to.match(/room\.db\.replaced-\d{8}T\d{6}$/);
      await archive(folder).restore(kept);
      expect(await said()).to.deep.equal(['one', 'two', 'three']);
      expect(readdirSync(folder).filter(name => name.includes('replaced'))).to.have.length(2);
    });

    it('restores into a folder that has no history yet', async () => {
      await archive(folder).backup(file);
      const fresh = archive(join(root, 'fresh'));
      expect(await fresh.restore(file))
        .to.include({ messages: 2 })
        .and.not.have.property('kept');
    });

    it('is not misled by changes that belong to the history before', async () => {
      await archive(folder).backup(file);
      for (let n = 0; n < 50; n++) await say(`later ${n}`);
      const crashed = join(root, 'crashed');
      await archive(crashed).restore(file);
      // As a kill -9 leaves it: what was said is in the -wal alone, and the file was put back by hand.
      copyFileSync(join(folder, 'room.db-wal'), join(crashed, 'room.db-wal'));
      rmSync(join(crashed, 'room.db'));
      await archive(crashed).restore(file);
      expect(existsSync(join(crashed, 'room.db-wal'))).to.equal(false);
      const again = roomLog(crashed);
      await again.open();
      expect((await again.messagesBefore(1e9, 100)).map(({ content }) => content)).to.deep.equal([
        'one',
        'two',
      ]);
      await again.close();
    });

    it('takes a copy of a file and its changes as a backup', async () => {
      const copy = join(root, 'copy.db');
      copyFileSync(join(folder, 'room.db'), copy);
      copyFileSync(join(folder, 'room.db-wal'), `${copy}-wal`);
      await stop();
      expect(await archive(folder).restore(copy)).to.include({ messages: 2 });
      expect(existsSync(`${copy}-wal`)).to.equal(true);
    });

    const untrusted: Record<string, [code: string, make: (file: string) => void]> = {
      'holds something else': [
        'DAMAGED',
        file => writeFileSync(file, 'not a database, but long enough to be one'.repeat(100)),
      ],
      'is empty': ['EMPTY', file => writeFileSync(file, '')],
      'is a database of another program': [
        'UNUSABLE',
        file => {
          const db = new DatabaseSync(file);
          db.exec('CREATE TABLE state (x); PRAGMA application_id = 7');
          db.close();
        },
      ],
      'would act when something is recorded': [
        'UNUSABLE',
        file => {
          copyFileSync(join(folder, 'room.db'), file);
          const db = new DatabaseSync(file);
          db.exec('CREATE TRIGGER bad AFTER INSERT ON messages BEGIN DELETE FROM messages; END');
          db.close();
        },
      ],
      'was written by a newer version': [
        'TOO_NEW',
        file => {
          const db = new DatabaseSync(file);
          db.exec('PRAGMA user_version = 99');
          db.close();
        },
      ],
      'is damaged in the middle': [
        'DAMAGED',
        file => {
          const bytes = readFileSync(file);
          bytes.fill(0x55, 4096 * 2, 4096 * 3);
          writeFileSync(file, bytes);
        },
      ],
      'is cut off': ['DAMAGED', file => writeFileSync(file, readFileSync(file).subarray(0, 4096 * 3))],
      'ends before its last event': [
        'DAMAGED',
        file => {
          const db = new DatabaseSync(file);
          db.exec('UPDATE state SET head = 1');
          db.close();
        },
      ],
    };
    for (const [what, [code, make]] of Object.entries(untrusted)) {
      it(`does not restore a backup that ${what}`, async () => {
        if (code !== 'UNUSABLE') await archive(folder).backup(file);
        make(file);
        await stop();
        expect(await failureOf(restore())).to.equal(code);
        expect(await said()).to.deep.equal(['one', 'two']);
        expect(readdirSync(folder).filter(name => /part|replaced/.test(name))).to.deep.equal([]);
      });
    }

    it('tells every event in order, however many there are', async () => {
      const texts = Array.from({ length: 2500 }, (_, n) => `text ${n}`);
      await Promise.all(texts.map(say));
      expect(await said()).to.deep.equal(['one', 'two', ...texts]);
    });
  });
}
