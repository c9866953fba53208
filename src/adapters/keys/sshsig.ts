import { createHash } from 'node:crypto';
import { PROOF_NAMESPACE } from '../../application/join-proof.js';
import { signedBlob } from '../wire/ssh-form.js';

/** What is signed so that somebody joins; `ssh-keygen -Y verify -n chatty-join` checks it. */
export function bytesToSign(text: string): Uint8Array {
  return signedBlob(PROOF_NAMESPACE, createHash('sha512').update(text).digest());
}
