import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { field, fingerprintOf, keyBlob, keyLine } from '../../../../src/adapters/keys/ed25519.js';
import { Ed25519Proofs } from '../../../../src/adapters/keys/ed25519-proofs.js';
import { keyInLine } from '../../../../src/adapters/keys/other-keys.js';
import { TestKey } from '../../../support/keys.js';

const lineOf = (type: string, ...parts: (string | Buffer)[]) =>
  `${type} ${Buffer.concat([type, ...parts].map(field)).toString('base64')}`;

function rsa(bits: number, exponent = Buffer.from([1, 0, 1])): string {
  const modulus = Buffer.alloc(bits / 8, 0xff);
  return lineOf('ssh-rsa', exponent, Buffer.concat([Buffer.from([0]), modulus]));
}

function ecdsa(curve: string, bytes: number, first = 4): string {
  return lineOf(
    `ecdsa-sha2-${curve}`,
    curve,
    Buffer.concat([Buffer.from([first]), Buffer.alloc(bytes - 1, 9)]),
  );
}

describe('Keys of other types', () => {
  const good = [
    rsa(2048),
    rsa(4096),
    rsa(8192),
    ecdsa('nistp256', 65),
    ecdsa('nistp384', 97),
    ecdsa('nistp521', 133),
  ];

  for (const line of good)
    it(`are known by their lines: ${line.slice(0, 40)}…`, () => {
      expect(keyInLine(`no-pty,command="x y" ${line} carl@example.org`)).to.deep.equal({
        key: line,
        comment: 'carl@example.org',
      });
      expect(keyLine(line, 'carl')).to.equal(`${line} carl`);
      expect(keyBlob(line).toString('base64')).to.equal(line.split(' ')[1]);
      expect(fingerprintOf(line)).to.match(/^SHA256:[\w+/]{43}$/);
    });

  const bad: Record<string, string> = {
    'too short': rsa(1024),
    'too long': rsa(16_384),
    'a huge exponent': rsa(2048, Buffer.alloc(9, 1)),
    'a point that is no point': ecdsa('nistp256', 64),
    'a compressed point': ecdsa('nistp256', 65, 2),
    'another curve than it says': lineOf('ecdsa-sha2-nistp256', 'nistp384', Buffer.alloc(97, 4)),
    'more behind it': lineOf('ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(65, 4), 'more'),
    'cut off': `${rsa(2048).slice(0, 60)}`,
    DSA: lineOf('ssh-dss', Buffer.alloc(128, 1), Buffer.alloc(20, 1)),
    'on a token': lineOf('sk-ssh-ed25519@openssh.com', Buffer.alloc(32, 1), 'ssh:'),
  };
  for (const [what, line] of Object.entries(bad))
    it(`are none where they are ${what}`, () => {
      expect(keyInLine(line)).to.equal(undefined);
    });

  it('go with Ed25519 keys in one list', () => {
    const { key, line } = new TestKey();
    expect(keyInLine(`${line} carl`)).to.deep.equal({ key, comment: 'carl' });
  });

  it('have a code of ten characters, which is the beginning of the fingerprint', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const key = String(publicKey.export({ format: 'jwk' }).x);
    for (const one of [key, ...good]) {
      const code = new Ed25519Proofs().codeOf(one);
      expect(code).to.match(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
      const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
      const bits = [...code.replace('-', '')].map(digit =>
        digits.indexOf(digit).toString(2).padStart(5, '0'),
      );
      const hash = Buffer.from(fingerprintOf(one).slice('SHA256:'.length), 'base64');
      const first = [...hash.subarray(0, 7)].map(byte => byte.toString(2).padStart(8, '0')).join('');
      expect(bits.join('')).to.equal(first.slice(0, 50));
    }
  });
});
