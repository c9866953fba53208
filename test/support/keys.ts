import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { keyLine } from '../../src/adapters/keys/ed25519.js';
import { bytesToSign } from '../../src/adapters/keys/sshsig.js';
import { type Challenge, proofText } from '../../src/application/join-proof.js';

/** Somebody's key, in the memory of a test. */
export class TestKey {
  readonly #private: KeyObject;
  /** As it is in a Join. */
  readonly key: string;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#private = privateKey;
    this.key = String(publicKey.export({ format: 'jwk' }).x);
  }

  get line(): string {
    return keyLine(this.key);
  }

  sign(text: string): string {
    return sign(null, bytesToSign(text), this.#private).toString('base64url');
  }

  prove(challenge: Challenge, username: string): string {
    return this.sign(proofText(challenge, username));
  }
}
