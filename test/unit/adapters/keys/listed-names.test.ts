import { spawnSync } from 'node:child_process';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ListedNames } from '../../../../src/adapters/keys/listed-names.js';
import { RoomLogFailure } from '../../../../src/application/server/failures.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';
import { TestKey } from '../../../support/keys.js';
import { refusalOf, temporaryFolder } from '../../../support/room-logs.js';

describe('ListedNames', () => {
  const [carl, laptop, amy] = [new TestKey(), new TestKey(), new TestKey()];
  let folder: string;
  let file: string;
  let logger: MemoryLogger;
  let names: ListedNames;
  let at = 1_000_000;

  beforeEach(async () => {
    folder = temporaryFolder();
    file = join(folder, 'names');
    logger = new MemoryLogger();
    write(`# ours\n${carl.line} carl\n\nno-pty ${laptop.line}   Carl \nssh-rsa AAAA bob\n${amy.line}\n`);
    names = new ListedNames(file, logger);
    await names.open();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(text: string): void {
    writeFileSync(file, text);
    utimesSync(file, ++at, at); // two changes within the resolution of a clock are two
  }

  const warnings = () => logger.entries.filter(({ level }) => level === 'warn');

  it('has the names of the list, each with all its keys, and no other', async () => {
    expect((await names.ownerOf('CARL'))?.keys).to.deep.equal([carl.key, laptop.key]);
    expect((await names.resembling('carI'))?.username).to.equal('Carl');
    expect((await names.claim('carl'))?.keys).to.have.length(2);
    for (const other of ['bob', 'amy', ''])
      expect(await refusalOf(names.claim(other)), other).to.equal('NAME_UNLISTED');
    expect(names.isComplete).to.equal(true);
  });

  it('leaves keys to the operator', async () => {
    expect(await refusalOf(names.addKey())).to.equal('KEY_LISTED');
    expect(await refusalOf(names.removeKey())).to.equal('KEY_LISTED');
    await names.touch();
    await names.close();
  });

  it('reads the list again when it has changed', async () => {
    write(`${amy.line} amy\n`);
    expect((await names.ownerOf('amy'))?.keys).to.deep.equal([amy.key]);
    expect(await names.ownerOf('carl')).to.equal(undefined);
  });

  it('never waits for a pipe in its place', async () => {
    rmSync(file);
    spawnSync('mkfifo', [file]);
    expect((await names.ownerOf('carl'))?.keys).to.have.length(2);
    expect(warnings().filter(({ message }) => message.includes('the one before holds'))).to.have.length(1);
  });

  it('keeps to the list that it has while there is none, and says so once', async () => {
    rmSync(file);
    for (let n = 0; n < 3; n++) expect((await names.ownerOf('carl'))?.keys).to.have.length(2);
    expect(warnings().filter(({ message }) => message.includes('the one before holds'))).to.have.length(1);
    write(`${amy.line} amy\n`);
    expect(await names.ownerOf('carl')).to.equal(undefined);
  });

  it('says which lines let nobody in, each time that it is read', async () => {
    expect(warnings().map(({ fields }) => fields)).to.deep.equal([{ lines: [5, 6] }]);
    // As ssh-keygen writes the comment.
    write(`${carl.line} carl\n${amy.line} amy@laptop\n`);
    await names.ownerOf('carl');
    write(`${carl.line} carl\n`);
    await names.ownerOf('carl');
    write('');
    await names.ownerOf('carl');
    expect(warnings().map(({ fields }) => fields)).to.deep.equal([
      { lines: [5, 6] },
      { lines: [2] },
      { lines: [] },
    ]);
  });

  it('is another list when it is said so, if there is one', async () => {
    const other = join(folder, 'others');
    expect(() => names.prepare(other)).to.throw(RoomLogFailure);
    writeFileSync(other, `${amy.line} amy\n`);
    const use = names.prepare(other);
    expect((await names.ownerOf('carl'))?.keys).to.have.length(2);
    use();
    expect(await names.ownerOf('carl')).to.equal(undefined);
    expect((await names.ownerOf('amy'))?.keys).to.deep.equal([amy.key]);
    write(`${carl.line} carl\n`);
    expect(await names.ownerOf('carl')).to.equal(undefined);
  });

  it('does not begin without a list', async () => {
    const missing = new ListedNames(join(folder, 'nothing'));
    expect(await refusalOf(missing.open())).to.equal('NO_LIST');
  });
});
