import { renameSync, rmSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import sinon from 'sinon';
import { TAMPERED } from '../../../../src/adapters/sqlite/file-guard.js';
import { FileWatch } from '../../../../src/adapters/sqlite/file-watch.js';
import { RoomFile } from '../../../../src/adapters/sqlite/room-file.js';
import { temporaryFolder } from '../../../support/room-logs.js';

describe('FileWatch', () => {
  let clock: sinon.SinonFakeTimers;
  let folder: string;
  let file: RoomFile;
  let begins: sinon.SinonSpy;
  let watch: FileWatch;

  let count = 0;
  const change = () =>
    file.db.prepare('INSERT INTO epochs (epoch, first_seq) VALUES (?, 1)').run(`e${++count}`);
  const reported = () => begins.args.map(([error]) => error.message);

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    folder = temporaryFolder();
    file = RoomFile.open(folder, 'normal');
    change();
    begins = sinon.fake();
    watch = new FileWatch(file, { begins });
  });
  afterEach(() => {
    watch.close();
    file.close();
    clock.restore();
    rmSync(folder, { recursive: true });
  });

  it('has nothing to say of files that are what they were', () => {
    change();
    watch.require();
    clock.tick(60_000);
    expect(watch.areSound()).to.equal(true);
    expect(watch.hasLost()).to.equal(false);
    expect(reported()).to.deep.equal([]);
  });

  it('says what is wrong to who is about to write', () => {
    renameSync(file.path, `${file.path}.old`);
    expect(() => watch.require()).to.throw(TAMPERED.DATABASE);
    expect(watch.areSound()).to.equal(false);
    expect(reported()).to.deep.equal([TAMPERED.DATABASE]);
    renameSync(`${file.path}.old`, file.path);
    expect(watch.areSound()).to.equal(true);
  });

  it('looks while nobody writes, until it is closed', () => {
    truncateSync(`${file.path}-wal`);
    clock.tick(1000);
    expect(reported()).to.deep.equal([TAMPERED.LOST_CHANGES]);
    expect(watch.hasLost()).to.equal(true);
    watch.close();
    clock.tick(60_000);
    expect(reported()).to.have.length(1);
    watch = new FileWatch(file, { begins });
  });

  it('puts into the database what is in changes that have lost their name', () => {
    rmSync(`${file.path}-wal`);
    expect(() => watch.require()).to.throw(TAMPERED.CHANGES);
    const copy = new DatabaseSync(file.path, { readOnly: true });
    expect(copy.prepare('SELECT count(*) AS n FROM epochs').get()?.n).to.equal(1);
    copy.close();
  });
});
