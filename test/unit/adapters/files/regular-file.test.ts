import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRegular } from '../../../../src/adapters/files/regular-file.js';

describe('a file that a running server waits for', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function codeOf(path: string): string {
    try {
      return readRegular(path, 5);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? '';
    }
  }

  it('is read, up to its bound', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'short');
    expect(codeOf(path)).to.equal('short');
    writeFileSync(path, 'longer');
    expect(codeOf(path)).to.equal('TOO_LARGE');
  });

  it('is no pipe, folder or device, and is there', () => {
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    for (const path of [pipe, folder, '/dev/zero']) expect(codeOf(path), path).to.equal('NOT_A_FILE');
    expect(codeOf(join(folder, 'nothing'))).to.equal('ENOENT');
  });
});
