// Keys and signatures in the forms of SSH, as bytes: a Challenge is answered with one, see docs/protocol.md

export const KEY_TYPE = 'ssh-ed25519';

/** The hash of what is signed. */
const SIGNED_HASH = 'sha512';

const LENGTH_BYTES = 4;
const encoder = new TextEncoder();

/** What OpenSSH keeps of a public key (RFC 8709): its type, and its 32 bytes. */
export function publicKeyBlob(key: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([field(KEY_TYPE), field(key)]);
}

/**
 * What a key signs for a purpose: an SSHSIG, which no login, commit or file of anybody else is
 * (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig).
 * @param hash of the text, by SHA-512
 */
export function signedBlob(namespace: string, hash: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = [namespace, '', SIGNED_HASH, hash].map(field);
  return joined([encoder.encode('SSHSIG'), ...parts]);
}

/** Bytes with their length before them, as all of SSH has them. */
function field(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value;
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return joined([length, bytes]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
