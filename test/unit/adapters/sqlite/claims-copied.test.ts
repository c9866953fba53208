import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { SqliteClaimStore } from '../../../../src/adapters/sqlite/sqlite-claim-store.js';

describe('claims.db', () => {
  let folder: string;
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-claims-'));
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    clock.restore();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every claim a second later, for who copies it without its journal', async () => {
    const store = new SqliteClaimStore(folder);
    await store.open();
    const carl = { username: 'carl', keys: ['one'], claimedAt: 1, usedAt: 2 };
    const amy = { username: 'amy', keys: ['two'], claimedAt: 3, usedAt: 4 };
    for (const [at, claim] of [carl, amy].entries()) {
      await store.put(claim, undefined);
      clock.tick(1000);
      const copy = join(folder, `copy ${at}`);
      mkdirSync(copy);
      copyFileSync(join(folder, 'claims.db'), join(copy, 'claims.db'));
      const copied = new SqliteClaimStore(copy);
      expect(await copied.open()).to.have.deep.members([carl, amy].slice(0, at + 1));
      await copied.close();
    }
    await store.put({ ...carl, usedAt: 3 }, carl);
    await store.close();
    clock.tick(1000);
  });
});
