import { Fields, keyInBlob } from './ed25519.js';

// Keys that only ssh proves, which checks their signatures itself: chatty has each as its line of OpenSSH, without a comment.

/** Bytes of a point of each curve, uncompressed. */
const POINT_BYTES: Record<string, number> = { nistp256: 65, nistp384: 97, nistp521: 133 };
const ECDSA = 'ecdsa-sha2-';
const RSA = 'ssh-rsa';

/** Bits of an RSA key: fewer can be broken, and more take the server's time. */
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
/** Of its exponent. */
const MAX_EXPONENT_BYTES = 8;

/** Options, in which a text in quotes may hold anything, another key as well; then the key and a comment. */
const LINE =
  /^(?:(?:[^\s"]|"(?:[^"\\]|\\.)*")+\s+)?(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))\s+([A-Za-z0-9+/=]+)(?:\s+(.*))?$/s;

/** The key of a line of OpenSSH, of any type that can be used, whatever options are before it and whatever comment is behind. */
export function keyInLine(line: string): { readonly key: string; readonly comment: string } | undefined {
  const found = LINE.exec(line.trim());
  const blob = found?.[1] === undefined ? undefined : Buffer.from(found[1], 'base64');
  const key = blob && (keyInBlob(blob) ?? otherKeyIn(blob));
  return key === undefined ? undefined : { key, comment: (found?.[2] ?? '').trim() };
}

/** The same of what is in the line in base64. The one form of it: two texts are two keys. */
function otherKeyIn(blob: Buffer): string | undefined {
  try {
    const fields = new Fields(blob);
    const type = fields.next().toString('latin1');
    const parts = [fields.next(), fields.next()] as const;
    if (!fields.isAtEnd || !(type === RSA ? isRsa(...parts) : isEcdsa(type, ...parts))) return undefined;
    return `${type} ${blob.toString('base64')}`;
  } catch {
    return undefined;
  }
}

function isRsa(exponent: Buffer, modulus: Buffer): boolean {
  // A number is as short as can be, with a zero before it where the sign would be.
  const bytes = modulus[0] === 0 ? modulus.subarray(1) : modulus;
  const bits = bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
  return exponent.length <= MAX_EXPONENT_BYTES && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
}

function isEcdsa(type: string, curve: Buffer, point: Buffer): boolean {
  const name = curve.toString('latin1');
  return type === ECDSA + name && point.length === POINT_BYTES[name] && point[0] === 4;
}
