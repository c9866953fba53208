import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { keyLine } from '../../src/adapters/keys/ed25519.js';
import { bytesToSign } from '../../src/adapters/keys/sshsig.js';
import { type Challenge, proofText } from '../../src/application/join-proof.js';

/** Somebody's key, in the memory of a test. */
export class TestKey {
  readonly #private: KeyObject;
  /** As it is in a Join. */
  readonly key: string;

  /** @param secret of an earlier one; a new key when absent */
  constructor(secret?: string) {
    this.#private =
      secret === undefined
        ? generateKeyPairSync('ed25519').privateKey
        : createPrivateKey({ key: Buffer.from(secret, 'base64url'), format: 'der', type: 'pkcs8' });
    this.key = String(createPublicKey(this.#private).export({ format: 'jwk' }).x);
  }

  get secret(): string {
    return this.#private.export({ format: 'der', type: 'pkcs8' }).toString('base64url');
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
