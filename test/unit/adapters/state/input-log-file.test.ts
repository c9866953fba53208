import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InputLogFile } from '../../../../src/adapters/state/input-log-file.js';
import { until } from '../../../support/until.js';

describe('InputLogFile', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-'));
    path = join(folder, 'state/input-history');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lines = () => readFileSync(path, 'utf8').split('\n').length - 1;

  it('gives back what was entered, of several programs, for nobody else to read', async () => {
    const [one, other] = [new InputLogFile(path), new InputLogFile(path)];
    expect(await one.read()).to.deep.equal([]);
    one.add('first\nof two lines');
    await until(async () => (await other.read()).length === 1);
    other.add('second');
    await until(async () => (await one.read()).length === 2);
    expect(await one.read()).to.deep.equal(['first\nof two lines', 'second']);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('passes over what is no entry', async () => {
    const log = new InputLogFile(path);
    log.add('good');
    await until(async () => (await log.read()).length === 1);
    appendFileSync(path, '{"half\n17\n');
    expect(await log.read()).to.deep.equal(['good']);
  });

  it('keeps the newest, and no more than a bound', async () => {
    const log = new InputLogFile(path);
    log.add('x');
    await until(async () => (await log.read()).length === 1);
    writeFileSync(path, Array.from({ length: 3000 }, (_, n) => `"${n}"\n`).join(''));
    expect((await log.read()).at(-1)).to.equal('2999');
    await until(() => lines() === 500);
    log.add('next');
    await until(() => lines() === 501);
    expect((await log.read()).slice(-2)).to.deep.equal(['2999', 'next']);
  });

  it('does nothing where nothing can be kept', async () => {
    const log = new InputLogFile('/dev/null/state/input-history');
    log.add('x');
    expect(await log.read()).to.deep.equal([]);
  });
});
