import { createHash } from 'node:crypto';
import { keyBlob } from './ed25519.js';

/** Digits of Crockford's base 32: none of them is taken for another. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

/** The first 50 bits of a key's fingerprint, in two halves: `7K3M9-2QFXA`. */
export function codeOf(key: string): string {
  const hash = createHash('sha256').update(keyBlob(key)).digest();
  let bits = hash.readBigUInt64BE() >> BigInt(64 - LENGTH * 5);
  let code = '';
  for (let digit = 0; digit < LENGTH; digit++) {
    code = DIGITS[Number(bits & 31n)] + code;
    bits >>= 5n;
  }
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}
