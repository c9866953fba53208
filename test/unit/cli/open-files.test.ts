import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { ThisProcess } from '../../../src/adapters/process/this-process.js';
import { warnOfFewFiles } from '../../../src/cli/open-files.js';
import { MemoryLogger } from '../../doubles/memory-logger.js';

describe('The files that a server may have open', () => {
  const warned = (limit: number | undefined, maxConnections: number) => {
    const logger = new MemoryLogger();
    warnOfFewFiles(limit, maxConnections, logger);
    return logger.entries.map(({ level, fields }) => [level, fields]);
  };

  it('are warned of where they are fewer than there may be connections', () => {
    expect(warned(1024, 10_000)).to.deep.equal([['warn', { files: 1024, needed: 10_064 }]]);
    expect(warned(10_063, 10_000)).to.have.length(1);
  });

  it('are not where they do, or where nobody knows', () => {
    expect(warned(10_064, 10_000)).to.deep.equal([]);
    expect(warned(undefined, 10_000)).to.deep.equal([]);
  });

  it('are as many as the system says', function () {
    if (process.platform !== 'linux') this.skip();
    const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
    expect(new ThisProcess().openFilesLimit).to.equal(Number(stdout));
  });
});
