import { createHash } from 'node:crypto';
import { PROOF_NAMESPACE } from '../../application/join-proof.js';
import { field } from './ed25519.js';

const HASH = 'sha512';

/**
 * What is signed so that somebody joins: an SSHSIG, which no login, commit or file of anybody else is
 * (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig). `ssh-keygen -Y verify -n chatty-join` checks it.
 */
export function bytesToSign(text: string): Buffer {
  const hash = createHash(HASH).update(text).digest();
  return Buffer.concat([Buffer.from('SSHSIG'), field(PROOF_NAMESPACE), field(''), field(HASH), field(hash)]);
}
