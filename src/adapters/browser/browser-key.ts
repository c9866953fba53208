import type { Signer } from '../../application/client/ports.js';
import { PROOF_NAMESPACE } from '../../application/join-proof.js';
import { KEY_TYPE, publicKeyBlob, signedBlob } from '../wire/ssh-form.js';
import { type KeptKey, keepKey } from './key-store.js';

const ALGORITHM = 'Ed25519';

/** Some browsers never answer where nothing is to be kept: nobody waits longer to come in, in milliseconds. */
const OPEN_MS = 3000;

/** A person's key in their browser: made at the first use, never to be taken out of it. */
export class BrowserKey implements Signer {
  readonly source = 'this browser';

  private constructor(
    private readonly kept: KeptKey,
    readonly publicKey: string,
    readonly line: string,
    readonly fingerprint: string,
  ) {}

  /** Nothing where there are no such keys: in an older browser, and on a page that came in plain text from elsewhere. */
  static async open(): Promise<BrowserKey | undefined> {
    const late = new Promise<undefined>(resolve => setTimeout(resolve, OPEN_MS, undefined));
    try {
      const kept = await Promise.race([keepKey(makeKey), late]);
      if (kept === undefined) return undefined;
      const blob = publicKeyBlob(kept.publicKey);
      const hash = base64(new Uint8Array(await crypto.subtle.digest('SHA-256', blob)));
      const line = `${KEY_TYPE} ${base64(blob)}`;
      return new BrowserKey(kept, base64url(kept.publicKey), line, `SHA256:${hash.replace(/=+$/, '')}`);
    } catch {
      return undefined;
    }
  }

  async sign(text: string): Promise<string> {
    const hash = await crypto.subtle.digest('SHA-512', new TextEncoder().encode(text));
    const blob = signedBlob(PROOF_NAMESPACE, new Uint8Array(hash));
    return base64url(new Uint8Array(await crypto.subtle.sign(ALGORITHM, this.kept.privateKey, blob)));
  }
}

async function makeKey(): Promise<KeptKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('one key is no pair');
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { privateKey: pair.privateKey, publicKey };
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
