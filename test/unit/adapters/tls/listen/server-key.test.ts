import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ServerKey } from '../../../../../src/adapters/tls/listen/server-key.js';
import { IdentityFailure } from '../../../../../src/application/server/failures.js';
import { MemoryLogger } from '../../../../doubles/memory-logger.js';

describe('ServerKey', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const logger = new MemoryLogger();
  const file = (name: string) => join(folder, name);

  async function open(place: ConstructorParameters<typeof ServerKey>[0] = { folder }): Promise<ServerKey> {
    const key = new ServerKey(place, logger);
    await key.open();
    return key;
  }

  async function failure(place?: ConstructorParameters<typeof ServerKey>[0]): Promise<string> {
    const error = await open(place).then(
      () => expect.fail('it opened'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof IdentityFailure)) throw error;
    return `${error.code} ${error.path.slice(folder.length + 1)}`;
  }

  it('is made at the first start, for its owner alone, and is the same ever after', async () => {
    const { pin } = await open();
    expect(pin).to.match(/^[\w-]{43}$/);
    expect(statSync(file('server-key.pem')).mode & 0o777).to.equal(0o600);
    expect((await open()).pin).to.equal(pin);
  });

  it('makes a certificate that the key signs, and that is good for decades', async () => {
    await open();
    const certificate = new X509Certificate(readFileSync(file('server-cert.pem')));
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(certificate.subjectAltName).to.equal('DNS:chatty');
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).to.be.above(
      20 * 365 * 86_400_000,
    );
    expect(Date.parse(certificate.validFrom)).to.be.at.most(Date.now());
  });

  it('keeps its pin when the certificate is made anew', async () => {
    const { pin } = await open();
    rmSync(file('server-cert.pem'));
    expect((await open()).pin).to.equal(pin);
  });

  it('says so when it was gone and is made anew, and nothing at the first start', async () => {
    const before = logger.entries.length;
    await open();
    await open();
    expect(logger.entries).to.have.length(before);
    rmSync(file('server-key.pem'));
    const { pin } = await open();
    const told = logger.entries.slice(before).map(({ level, fields }) => [level, fields]);
    expect(told).to.deep.equal([['warn', { pin }]]);
  });

  it('leaves nothing but the two files behind', async () => {
    await open();
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(folder).sort()).to.deep.equal(['server-cert.pem', 'server-key.pem']);
  });

  it('is another one each time where nothing is kept', async () => {
    expect((await open({})).pin).to.not.equal((await open({})).pin);
  });

  it("is the operator's own where one is given", async () => {
    const { pin } = await open();
    const own = { keyFile: file('server-key.pem'), certificateFile: file('server-cert.pem') };
    expect((await open({ ...own, folder: file('elsewhere') })).pin).to.equal(pin);
  });

  it('is refused when everybody can read it', async () => {
    await open();
    chmodSync(file('server-key.pem'), 0o644);
    expect(await failure()).to.equal('NOT_PRIVATE server-key.pem');
  });

  it('is never replaced by another one, however damaged', async () => {
    await open();
    writeFileSync(file('server-key.pem'), 'nonsense');
    expect(await failure()).to.equal('BAD_KEY server-key.pem');
    expect(readFileSync(file('server-key.pem'), 'utf8')).to.equal('nonsense');
  });

  it('is not made anew where a link says that it is elsewhere, and it is not there now', async () => {
    symlinkSync(file('not-mounted/key.pem'), file('server-key.pem'));
    expect(await failure()).to.equal('NOT_FOUND server-key.pem');
    expect(lstatSync(file('server-key.pem')).isSymbolicLink()).to.equal(true);
  });

  it('says which file is wrong', async () => {
    await open();
    const keyFile = file('server-key.pem');
    expect(await failure({ keyFile, certificateFile: file('none.pem') })).to.equal('NOT_FOUND none.pem');
    writeFileSync(file('bad.pem'), 'nonsense');
    expect(await failure({ keyFile, certificateFile: file('bad.pem') })).to.equal('BAD_CERTIFICATE bad.pem');
    await open({ folder: file('other') });
    expect(await failure({ keyFile, certificateFile: file('other/server-cert.pem') })).to.equal(
      'OTHER_KEY other/server-cert.pem',
    );
  });

  it('is read again when it was replaced, and stays as it was when the new one cannot be used', async () => {
    const key = await open();
    const { pin } = key;
    await open({ folder: file('other') });
    for (const name of ['server-key.pem', 'server-cert.pem'])
      writeFileSync(file(name), readFileSync(file(`other/${name}`)));
    const use = key.prepare();
    expect(key.pin).to.equal(pin);
    use();
    const { pin: replaced } = key;
    expect(replaced).to.not.equal(pin);
    expect(logger.entries.at(-1)?.fields).to.deep.equal({ pin: replaced });
    writeFileSync(file('server-cert.pem'), 'nonsense');
    expect(() => key.prepare()).to.throw(IdentityFailure);
    expect(key.pin).to.equal(replaced);
  });

  it('is elsewhere from then on when it is said so', async () => {
    const key = await open();
    const other = await open({ folder: file('other') });
    const place = { keyFile: file('other/server-key.pem'), certificateFile: file('other/server-cert.pem') };
    key.prepare(place)();
    expect(key.pin).to.equal(other.pin);
    key.prepare()();
    expect(key.pin).to.equal(other.pin);
  });

  it('is not another one because it is read again: not where it was removed, nor where nothing is kept', async () => {
    const nowhere = await open({});
    const { pin } = nowhere;
    nowhere.prepare()();
    expect(nowhere.pin).to.equal(pin);
    const key = await open();
    rmSync(file('server-key.pem'));
    expect(() => key.prepare()).to.throw(IdentityFailure);
    expect(existsSync(file('server-key.pem'))).to.equal(false);
  });

  it('has no pin before it is open', () => {
    expect(() => new ServerKey({}, logger).pin).to.throw('not open');
  });
});
