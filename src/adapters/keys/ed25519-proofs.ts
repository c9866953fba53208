import { randomBytes, verify } from 'node:crypto';
import { keyCode } from '../../application/key-code.js';
import type { KeyProofs } from '../../application/server/name-ports.js';
import { bytesOf, fingerprintOf, keyLine, publicKey, soundText } from './ed25519.js';
import { keyInLine } from './other-keys.js';
import { bytesToSign } from './sshsig.js';

const NONCE_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Signatures by Ed25519 keys in the form of SSH, checked by Node's crypto. */
export class Ed25519Proofs implements KeyProofs {
  nonce(): string {
    return randomBytes(NONCE_BYTES).toString('base64url');
  }

  keyOf(text: string): string | undefined {
    return soundText(text) ?? keyInLine(text)?.key;
  }

  canSign(key: string): boolean {
    return soundText(key) !== undefined;
  }

  lineOf(key: string): string {
    return keyLine(key);
  }

  fingerprintOf(key: string): string {
    return fingerprintOf(key);
  }

  codeOf(key: string): string {
    return keyCode(fingerprintOf(key));
  }

  /** OpenSSL refuses a signature whose second half is not below the group's order: there is one signature, not two. */
  verify(key: string, text: string, signature: string): boolean {
    const bytes = bytesOf(signature);
    if (soundText(key) === undefined || bytes.length !== SIGNATURE_BYTES) return false;
    try {
      return verify(null, bytesToSign(text), publicKey(key), bytes);
    } catch {
      return false; // bytes that are no point of the curve
    }
  }
}
