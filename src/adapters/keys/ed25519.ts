import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

// Ed25519 keys as chatty has them: 32 bytes, in base64url. And as OpenSSH has them (RFC 4253, RFC 8709), as which chatty has
// those of other types too: see other-keys.ts.

export const KEY_TYPE = 'ssh-ed25519';
export const KEY_BYTES = 32;

/** Bytes with their length before them, as all of SSH has them. */
export function field(bytes: string | Uint8Array): Buffer {
  const data = Buffer.from(bytes as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}

/** Takes one field after the other out of bytes from outside. */
export class Fields {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  /** @throws {RangeError} when there are not so many bytes */
  number(): number {
    const value = this.bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** @throws {RangeError} */
  next(): Buffer {
    const length = this.number();
    if (length > this.bytes.length - this.#at) throw new RangeError('a field is longer than what there is');
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  rest(): Buffer {
    return this.bytes.subarray(this.#at);
  }
}

/** What OpenSSH keeps of a public key, the part of its line in base64. */
export function keyBlob(key: string): Buffer {
  const [, other] = key.split(' ');
  if (other !== undefined) return Buffer.from(other, 'base64');
  return Buffer.concat([field(KEY_TYPE), field(bytesOf(key))]);
}

/** `ssh-ed25519 AAAA…`, as in `authorized_keys` and in files that end in .pub. */
export function keyLine(key: string, comment = ''): string {
  const line = key.includes(' ') ? key : `${KEY_TYPE} ${keyBlob(key).toString('base64')}`;
  return `${line} ${comment}`.trim();
}

/** As `ssh-keygen -lf` prints it. */
export function fingerprintOf(key: string): string {
  const hash = createHash('sha256').update(keyBlob(key)).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** The key in a blob of OpenSSH; nothing when it is of another type. */
export function keyInBlob(blob: Buffer): string | undefined {
  try {
    const fields = new Fields(blob);
    if (fields.next().toString('latin1') !== KEY_TYPE) return undefined;
    const key = fields.next();
    return fields.isAtEnd ? soundKey(key) : undefined;
  } catch {
    return undefined;
  }
}

/** The key as text, if it is one that can prove something. */
export function soundKey(bytes: Buffer): string | undefined {
  return bytes.length === KEY_BYTES && !isWeak(bytes) ? bytes.toString('base64url') : undefined;
}

/** The same of a text, which has only one form: two texts are two keys. */
export function soundText(text: string): string | undefined {
  return soundKey(bytesOf(text)) === text ? text : undefined;
}

export function bytesOf(key: string): Buffer {
  return Buffer.from(key, 'base64url');
}

export function publicKey(key: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });
}

/**
 * Points of order 1, 2, 4 and 8, for which anybody can make signatures; the last byte without the sign of x. From libsodium
 * (ge25519_has_small_order), where the ones that are not below the field's prime are the first of those.
 */
const WEAK_POINTS = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
]);

function isWeak(bytes: Buffer): boolean {
  const point = Buffer.from(bytes);
  point[KEY_BYTES - 1] = (point[KEY_BYTES - 1] ?? 0) & 0x7f;
  const hex = point.toString('hex');
  // Numbers from the prime 2^255 - 19 on are other spellings of small ones.
  const isBeyond = /^(?:e[d-f]|f.)(?:ff){30}7f$/.test(hex);
  return WEAK_POINTS.has(hex) || isBeyond;
}
