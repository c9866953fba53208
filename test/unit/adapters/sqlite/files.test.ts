import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { giveToOwner, move, nameAlso } from '../../../../src/adapters/sqlite/files.js';

describe('On a file system without hard links', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const link = () => {
    throw Object.assign(new Error('not here'), { code: 'EPERM' });
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-files-'));
    writeFileSync(at('one'), 'one');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('a file is renamed, but not onto another one', () => {
    writeFileSync(at('other'), 'other');
    expect(() => move(at('one'), at('other'), link)).to.throw('EXISTS');
    move(at('one'), at('two'), link);
    expect(readdirSync(folder)).to.deep.equal(['other', 'two']);
    expect(readFileSync(at('other'), 'utf8')).to.equal('other');
  });

  it('a second name is a copy', () => {
    nameAlso(at('one'), at('two'), link);
    expect(readFileSync(at('two'), 'utf8')).to.equal('one');
    expect(() => nameAlso(at('one'), at('two'), link)).to.throw('EEXIST');
  });

  it('any other failure is one', () => {
    const fail = () => {
      throw Object.assign(new Error('broken'), { code: 'EIO' });
    };
    expect(() => move(at('one'), at('two'), fail)).to.throw('broken');
    expect(() => nameAlso(at('one'), at('two'), fail)).to.throw('broken');
  });
});

describe('What root makes in the folder of somebody else', () => {
  it('is theirs, and otherwise nobody is given anything', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chatty-files-'));
    const path = join(folder, 'room.db');
    if (process.getuid?.() === 0) chownSync(folder, 12_345, 12_346);
    const { uid, gid } = statSync(folder);
    const given: unknown[] = [];
    const chown = (...all: unknown[]) => void given.push(all);
    giveToOwner(path, false, chown);
    expect(given).to.deep.equal([]);
    giveToOwner(path, true, chown);
    expect(given).to.deep.equal([[path, uid, gid]]);
    rmSync(folder, { recursive: true });
  });
});
