import { copyFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { SqliteClaimStore } from '../../../../src/adapters/sqlite/sqlite-claim-store.js';
import { refusalOf, temporaryFolder } from '../../../support/room-logs.js';

const claim = (username: string) => ({ username, keys: ['one'], claimedAt: 1, usedAt: 1 });

describe('SqliteClaimStore', () => {
  let folder: string;
  let path: string;
  let store: SqliteClaimStore;

  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder, 'claims.db');
    store = new SqliteClaimStore(folder);
    await store.open();
    await store.put(claim('carl'), undefined);
    store.changed();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  /** What somebody does to the files by hand, while they are in use. */
  const TAMPERING: Record<string, () => void> = {
    deleted: () => rmSync(path),
    replaced: () => {
      copyFileSync(path, join(folder, 'copy'));
      rmSync(path);
      copyFileSync(join(folder, 'copy'), path);
    },
    cut: () => truncateSync(path),
    'left without its changes': () => rmSync(`${path}-wal`),
  };

  for (const [what, tamper] of Object.entries(TAMPERING))
    it(`says that nothing is kept when the file was ${what} under its hands`, async () => {
      tamper();
      expect(() => store.changed()).to.throw('claims.db was deleted');
      expect(await refusalOf(store.put(claim('amy'), undefined))).to.equal('NOT_RECORDED');
      expect(await refusalOf(store.remove(claim('carl')))).to.equal('NOT_RECORDED');
    });

  it('reads what another program has changed as soon as it can be read', () => {
    const other = new DatabaseSync(path);
    try {
      other.exec('ALTER TABLE claims RENAME TO elsewhere');
      expect(() => store.changed()).to.throw('no such table');
      expect(() => store.changed()).to.throw('no such table');
      other.exec('ALTER TABLE elsewhere RENAME TO claims');
      expect(store.changed()).to.deep.equal({ all: [claim('carl')] });
    } finally {
      other.close();
    }
  });
});
