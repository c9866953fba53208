import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { AgentSigner } from '../../../../src/adapters/keys/agent-signer.js';
import { field, KEY_TYPE, keyBlob } from '../../../../src/adapters/keys/ed25519.js';
import { Ed25519Proofs } from '../../../../src/adapters/keys/ed25519-proofs.js';
import { FileSigner } from '../../../../src/adapters/keys/file-signer.js';
import { findSigner } from '../../../../src/adapters/keys/find-signer.js';
import { newKeyFile, readKeyFile } from '../../../../src/adapters/keys/private-key.js';
import { FakeAgent } from '../../../support/fake-agent.js';
import { TestKey } from '../../../support/keys.js';
import { refusalOf, temporaryFolder } from '../../../support/room-logs.js';

const PROOFS = new Ed25519Proofs();
const number = (value: number) => Buffer.from([0, 0, 0, value]);

describe('a key of one’s own', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'key');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The code of the failure. */
  const failureOf = (work: () => unknown) => refusalOf(Promise.resolve().then(work));

  describe('in a file', () => {
    it('is made at the first use, in a folder of its own, for nobody else to read', async () => {
      const signer = FileSigner.readOrMake(join(folder, 'new', 'key'));
      expect(statSync(join(folder, 'new', 'key')).mode & 0o777).to.equal(0o600);
      expect(FileSigner.readOrMake(join(folder, 'new', 'key')).publicKey).to.equal(signer.publicKey);
      expect(readdirSync(join(folder, 'new'))).to.deep.equal(['key']);
      expect(PROOFS.verify(signer.publicKey, 'text', await signer.sign('text'))).to.equal(true);
      expect(PROOFS.keyOf(signer.line)).to.equal(signer.publicKey);
      expect(PROOFS.fingerprintOf(signer.publicKey)).to.equal(signer.fingerprint);
    });

    it('is refused when others can read or write it', async () => {
      writeFileSync(path, newKeyFile());
      for (const mode of [0o640, 0o604, 0o620, 0o602, 0o666]) {
        chmodSync(path, mode);
        expect(await failureOf(() => FileSigner.read(path)), mode.toString(8)).to.equal('WIDE');
      }
      chmodSync(path, 0o400);
      FileSigner.read(path);
    });

    it('is not made where that cannot be', async () => {
      writeFileSync(join(folder, 'file'), '');
      // As with a home of /dev/null: there is no key, and somebody who has chosen none joins without.
      for (const path of [join(folder, 'file', 'key'), join(folder, 'file', 'chatty', 'key')])
        expect(await failureOf(() => FileSigner.readOrMake(path))).to.equal('NOT_WRITABLE');
      mkdirSync(path);
      chmodSync(path, 0o700);
      expect(await failureOf(() => FileSigner.readOrMake(path))).to.equal('NOT_READABLE');
    });

    it('is no large file that somebody names by mistake', async () => {
      writeFileSync(path, 'x'.repeat(100_000), { mode: 0o600 });
      expect(await failureOf(() => FileSigner.read(path))).to.equal('NOT_A_KEY');
    });

    const pem = (bytes: Buffer) =>
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
    const bytes = Buffer.from(newKeyFile().split('\n').slice(1, -2).join(''), 'base64');
    const other = Buffer.from(newKeyFile().split('\n').slice(1, -2).join(''), 'base64');
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1024 });

    /** Written by hand: what is before the open part of another type, or with a cipher. */
    const made = (cipher: string, type: string, count = 1) =>
      pem(
        Buffer.concat([
          Buffer.from('openssh-key-v1\0'),
          ...[field(cipher), field(cipher === 'none' ? 'none' : 'bcrypt'), field(''), number(count)],
          ...[field(Buffer.concat([field(type), field('x')])), field('secret')],
        ]),
      );
    const halves = Buffer.concat([bytes.subarray(0, -64), other.subarray(-64)]);

    for (const [what, [text, problem]] of Object.entries({
      nothing: ['', 'NOT_A_KEY'],
      'a public key': [`${new TestKey().line} me`, 'PUBLIC'],
      'an RSA key': [rsa.export({ type: 'pkcs1', format: 'pem' }), 'OTHER_TYPE'],
      'an RSA key of OpenSSH': [made('none', 'ssh-rsa'), 'OTHER_TYPE'],
      'a key on a token': [made('none', 'sk-ssh-ed25519@openssh.com'), 'OTHER_TYPE'],
      'a key with a passphrase': [made('aes256-ctr', KEY_TYPE), 'ENCRYPTED'],
      'an encrypted key of another form': ['-----BEGIN ENCRYPTED PRIVATE KEY-----', 'ENCRYPTED'],
      'several keys': [made('none', KEY_TYPE, 2), 'NOT_A_KEY'],
      'a key that is cut off': [pem(bytes.subarray(0, 150)), 'NOT_A_KEY'],
      'the beginning alone': [pem(bytes.subarray(0, 20)), 'NOT_A_KEY'],
      'something else in its place': [pem(Buffer.from('something else')), 'NOT_A_KEY'],
      'no key in its place': [made('none', KEY_TYPE), 'NOT_A_KEY'],
      'two halves of two keys': [pem(halves), 'NOT_A_KEY'],
    } as Record<string, [string, string]>))
      it(`is not ${what}`, () => {
        expect(readKeyFile(String(text))).to.equal(problem);
      });

    it('is not one whose checks differ, as of a wrong passphrase', () => {
      const wrong = Buffer.from(bytes);
      const at = wrong.indexOf(field(KEY_TYPE), wrong.indexOf(field(KEY_TYPE)) + 30);
      wrong[at - 1] = (wrong[at - 1] ?? 0) ^ 1;
      expect(readKeyFile(pem(wrong))).to.equal('NOT_A_KEY');
    });
  });

  describe('in an agent', () => {
    let agent: FakeAgent | undefined;
    afterEach(async () => {
      await agent?.stop();
      agent = undefined;
    });

    const start = async (answer?: Buffer) => {
      agent = await FakeAgent.start(folder, answer);
      return agent.socket;
    };
    const key = new TestKey();
    const list = (...blobs: Buffer[]) =>
      Buffer.concat([
        Buffer.from([12]),
        number(blobs.length),
        ...blobs.flatMap(blob => [field(blob), field('me')]),
      ]);

    it('is the first of its type, and no other', async () => {
      const socket = await start(list(Buffer.from('x'), field('ssh-rsa'), keyBlob(key.key)));
      const signer = await AgentSigner.find(socket);
      expect([signer.publicKey, signer.source]).to.deep.equal([key.key, 'ssh-agent, me']);
      expect([signer.line, signer.fingerprint]).to.deep.equal([key.line, PROOFS.fingerprintOf(key.key)]);
      expect((await AgentSigner.find(socket, signer.fingerprint)).publicKey).to.equal(key.key);
      expect(await refusalOf(AgentSigner.find(socket, 'SHA256:x'))).to.equal('NOT_IN_AGENT');
      expect(await refusalOf(signer.sign('text'))).to.equal('NOT_SIGNED');
    });

    it('is not there without an agent', async () => {
      for (const socket of [undefined, '', join(folder, 'nothing')])
        expect(await refusalOf(AgentSigner.find(socket))).to.equal('NO_AGENT');
    });

    for (const [what, answer] of Object.entries({
      'says nothing': undefined,
      'says no': Buffer.from([5]),
      'says something empty': Buffer.alloc(0),
      'lists less than it says': Buffer.concat([Buffer.from([12]), number(2), field('x')]),
      'says too much': Buffer.alloc(300_000, 12),
    }))
      it(`is not in one that ${what}`, async () => {
        expect(await refusalOf(AgentSigner.find(await start(answer)))).to.equal('NO_AGENT');
      });
  });

  it('is the one that was chosen', async () => {
    const own = await findSigner('own', folder);
    expect(own?.source).to.equal(path);
    expect(readFileSync(path, 'utf8')).to.include('BEGIN OPENSSH PRIVATE KEY');
    expect((await findSigner(path, 'elsewhere'))?.publicKey).to.equal(own?.publicKey);
    expect(await findSigner('none', folder)).to.equal(undefined);
    for (const agent of ['agent', 'agent:SHA256:x'])
      expect(await refusalOf(findSigner(agent, folder, {}))).to.equal('NO_AGENT');
    expect(await refusalOf(findSigner(join(folder, 'other'), folder))).to.equal('NOT_FOUND');
  });
});
