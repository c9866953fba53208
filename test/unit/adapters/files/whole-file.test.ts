import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeWhole } from '../../../../src/adapters/files/whole-file.js';

describe('writeWhole', () => {
  let root: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chatty-files-'));
    path = join(root, 'folder/deep/file.json');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const modeOf = (name: string) => statSync(join(root, name)).mode & 0o777;

  it('makes file and folders for their owner alone, and leaves nothing else', () => {
    writeWhole(path, 'first');
    writeWhole(path, 'second', false);
    expect(readFileSync(path, 'utf8')).to.equal('second');
    expect(readdirSync(join(root, 'folder/deep'))).to.deep.equal(['file.json']);
    if (process.platform === 'win32') return;
    expect(['folder', 'folder/deep', 'folder/deep/file.json'].map(modeOf)).to.deep.equal([
      0o700, 0o700, 0o600,
    ]);
  });

  it('takes the place of a file that others could read', () => {
    writeWhole(path, 'first');
    chmodSync(path, 0o644);
    writeWhole(path, 'second');
    expect(modeOf('folder/deep/file.json')).to.equal(0o600);
  });

  it('keeps what is there when it is to be kept', () => {
    writeWhole(path, 'first', true, 'keep');
    expect(() => writeWhole(path, 'second', true, 'keep'))
      .to.throw()
      .with.property('code', 'EEXIST');
    expect(readFileSync(path, 'utf8')).to.equal('first');
    expect(readdirSync(join(root, 'folder/deep'))).to.deep.equal(['file.json']);
  });

  it('changes nothing where it cannot write', () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'inside'), '');
    expect(() => writeWhole(path, 'text'))
      .to.throw()
      .with.property('code');
    expect(readdirSync(join(root, 'folder/deep'))).to.deep.equal(['file.json']);
    expect(readdirSync(path)).to.deep.equal(['inside']);
  });
});
