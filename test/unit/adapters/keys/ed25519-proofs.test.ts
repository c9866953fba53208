import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { field, keyLine, soundText } from '../../../../src/adapters/keys/ed25519.js';
import { Ed25519Proofs } from '../../../../src/adapters/keys/ed25519-proofs.js';
import { proofText } from '../../../../src/application/join-proof.js';
import { TestKey } from '../../../support/keys.js';

/** The order of the group, 2^252 + 27742317777372353535851937790883648493. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const proofs = new Ed25519Proofs();
const challenge = { nonce: proofs.nonce(), server: '192.0.2.7:8081' };

const base64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');

describe('Ed25519Proofs', () => {
  const carl = new TestKey();
  const text = proofText(challenge, 'carl');

  it('accepts what the key has signed, and nothing else', () => {
    const signature = carl.sign(text);
    expect(proofs.verify(carl.key, text, signature)).to.equal(true);
    for (const other of [
      proofText({ ...challenge, server: '192.0.2.8:8081' }, 'carl'),
      proofText({ ...challenge, nonce: proofs.nonce() }, 'carl'),
      proofText(challenge, 'Carl'),
      proofText(challenge, 'carI'),
      '',
    ])
      expect(proofs.verify(carl.key, other, signature), other).to.equal(false);
    expect(proofs.verify(new TestKey().key, text, signature)).to.equal(false);
  });

  it('accepts one form of a signature: not the one that is as good to a careless verifier', () => {
    const signature = Buffer.from(carl.sign(text), 'base64url');
    const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
    const number = BigInt(`0x${Buffer.from(s).reverse().toString('hex')}`) + ORDER;
    const twin = Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
    expect(proofs.verify(carl.key, text, Buffer.concat([r, twin]).toString('base64url'))).to.equal(false);
  });

  for (const signature of ['', 'x', 'A'.repeat(85), 'A'.repeat(86), 'A'.repeat(90), '\u0000', '💩'])
    it(`is not upset by the signature ${JSON.stringify(signature.slice(0, 10))} of ${signature.length}`, () => {
      expect(proofs.verify(carl.key, text, signature)).to.equal(false);
    });

  it('makes a nonce of 32 bytes, another one each time', () => {
    const nonces = Array.from({ length: 100 }, () => proofs.nonce());
    expect(new Set(nonces).size).to.equal(100);
    for (const nonce of nonces) expect(Buffer.from(nonce, 'base64url')).to.have.length(32);
  });

  it('knows a key by itself and in the line of a file, with options and without', () => {
    for (const line of [
      carl.key,
      carl.line,
      `${carl.line} carl@example.org`,
      `  from="*.example.org",no-pty ${carl.line}\n`,
      `command="say \\"${new TestKey().line} x\\"" ${carl.line}`,
    ])
      expect(proofs.keyOf(line), line).to.equal(carl.key);
  });

  const { publicKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const sk = Buffer.concat([field('sk-ssh-ed25519@openssh.com'), field(Buffer.alloc(32, 7)), field('ssh:')]);
  for (const [what, given] of Object.entries({
    nothing: '',
    'a key that is too short': carl.key.slice(0, -1),
    'a key that is too long': `${carl.key}A`,
    'a key in the other base64, or with a mark at the end': `${carl.key}=`,
    'a second spelling of a key': `${carl.key.slice(0, -1)}${carl.key.endsWith('Q') ? 'R' : spelledOtherwise(carl.key)}`,
    'an RSA key': `ssh-rsa ${rsa.export({ type: 'pkcs1', format: 'der' }).toString('base64')}`,
    'a key on a token': `sk-ssh-ed25519@openssh.com ${sk.toString('base64')}`,
    'one that says it is none': `ssh-ed25519 ${sk.toString('base64')}`,
    'a key in the options of a line': `command="${carl.line} x" ssh-rsa AAAA`,
    'a sentence about a key': `this is my key: ${carl.line}`,
    'a line that is cut off': carl.line.slice(0, -6),
    'a line with more in it': `ssh-ed25519 ${Buffer.concat([Buffer.from(carl.line.split(' ')[1] ?? '', 'base64'), field('x')]).toString('base64')}`,
  }))
    it(`takes ${what} for no key`, () => {
      expect(proofs.keyOf(given)).to.equal(undefined);
    });

  const WEAK = {
    'order 4': '00'.repeat(32),
    'order 4, and a sign': `${'00'.repeat(31)}80`,
    'order 1': `01${'00'.repeat(31)}`,
    'order 1, and a sign': `01${'00'.repeat(30)}80`,
    'order 8': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'order 8, negative': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'order 8, another': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'order 2': `ec${'ff'.repeat(30)}7f`,
    'order 4, spelled as the prime': `ed${'ff'.repeat(30)}7f`,
    'order 1, spelled as the prime and 1': `ee${'ff'.repeat(30)}7f`,
    'order 1, so spelled, with a sign': `ee${'ff'.repeat(31)}`,
    'a number beyond the prime': `ff${'ff'.repeat(30)}7f`,
  };
  for (const [what, hex] of Object.entries(WEAK))
    it(`takes a point of ${what} for no key, with which anybody could sign`, () => {
      const key = base64url(hex);
      expect(proofs.keyOf(key)).to.equal(undefined);
      expect(proofs.keyOf(keyLine(key))).to.equal(undefined);
      // R = A, S = 0: for the point of order 1 a signature of everything.
      expect(proofs.verify(key, text, base64url(`01${'00'.repeat(63)}`))).to.equal(false);
    });

  it('is not upset by bytes that are no point', () => {
    const key = base64url(`02${'00'.repeat(31)}`);
    expect(soundText(key)).to.equal(key);
    expect(proofs.verify(key, text, carl.sign(text))).to.equal(false);
  });
});

/** Another last character for the same bytes: the last one has two bits that count for nothing. */
function spelledOtherwise(key: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(key.at(-1) ?? '') + 1] ?? '';
}
