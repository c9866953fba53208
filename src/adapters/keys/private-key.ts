import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { bytesOf, Fields, field, KEY_BYTES, KEY_TYPE, keyBlob, soundKey } from './ed25519.js';

// A private key in the file format of OpenSSH, without a passphrase:
// https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key

const MAGIC = 'openssh-key-v1\0';
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
/** Characters of base64 in a row, as OpenSSH writes them. */
const ROW = 70;
const BLOCK_BYTES = 8;

/** A pair of keys: the public half as text. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly key: string;
}

/** Why the text of a file is no key that can be used. */
export type KeyProblem = 'NOT_A_KEY' | 'PUBLIC' | 'ENCRYPTED' | 'OTHER_TYPE';

/** A new key as the text of a file, which `ssh-keygen -y` reads. */
export function newKeyFile(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' });
  const check = randomBytes(4);
  const secret = Buffer.concat([bytesOf(d), bytesOf(x)]);
  const open = Buffer.concat([
    check,
    check,
    field(KEY_TYPE),
    field(bytesOf(x)),
    field(secret),
    field('chatty'),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, -open.length & (BLOCK_BYTES - 1));
  const parts = [field('none'), field('none'), field(''), one(), field(keyBlob(x))];
  const all = Buffer.concat([Buffer.from(MAGIC), ...parts, field(Buffer.concat([open, padding]))]);
  const rows = all.toString('base64').match(new RegExp(`.{1,${ROW}}`, 'g')) ?? [];
  return `${[BEGIN, ...rows, END].join('\n')}\n`;
}

/** The key in the text of a file, or what is wrong with it. */
export function readKeyFile(text: string): KeyPair | KeyProblem {
  if (/^\s*(?:ssh-|ecdsa-|sk-)/.test(text)) return 'PUBLIC';
  if (/BEGIN (?:RSA|DSA|EC) PRIVATE KEY/.test(text)) return 'OTHER_TYPE';
  if (/BEGIN ENCRYPTED PRIVATE KEY/.test(text)) return 'ENCRYPTED';
  const [, base64] = text.split(BEGIN);
  if (base64 === undefined) return 'NOT_A_KEY';
  try {
    return fromBytes(Buffer.from(base64.split(END)[0] ?? '', 'base64'));
  } catch {
    return 'NOT_A_KEY'; // it is cut off, or made up
  }
}

/** @throws {RangeError} and what Node's crypto throws */
function fromBytes(bytes: Buffer): KeyPair | KeyProblem {
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return 'NOT_A_KEY';
  const fields = new Fields(bytes.subarray(MAGIC.length));
  const cipher = fields.next().toString('latin1');
  fields.next(); // how the passphrase is made a key, and with what
  fields.next();
  if (fields.number() !== 1) return 'NOT_A_KEY';
  const type = new Fields(fields.next()).next().toString('latin1');
  if (type !== KEY_TYPE) return 'OTHER_TYPE';
  if (cipher !== 'none') return 'ENCRYPTED';
  const open = new Fields(fields.next());
  const check = open.number();
  if (open.number() !== check || open.next().toString('latin1') !== KEY_TYPE) return 'NOT_A_KEY';
  const key = soundKey(open.next());
  const d = open.next().subarray(0, KEY_BYTES).toString('base64url');
  return key === undefined ? 'NOT_A_KEY' : pairOf(d, key);
}

/** Both halves, if they belong together: whoever signs with other ones gives the key away. */
function pairOf(d: string, x: string): KeyPair | KeyProblem {
  const privateKey = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' });
  const pkcs8 = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return createPublicKey(pkcs8).export({ format: 'jwk' }).x === x ? { privateKey, key: x } : 'NOT_A_KEY';
}

function one(): Buffer {
  return Buffer.from([0, 0, 0, 1]);
}
