import type { ConversationOutcome } from '../../application/client/conversation.js';
import { KeyFailure, type KeyFailureCode } from '../../application/client/ports.js';
import { cut, visible } from '../view/visible.js';

/** Why a key cannot be used, and what to do about it. */
const KEY_FAILURES: Record<KeyFailureCode, (about: string) => string> = {
  NOT_FOUND: path => `There is no key at ${path}. Check --key, or leave it out to have one of chatty's own.`,
  NOT_READABLE: path => `The key ${path} cannot be read. Check --key and the permissions of the file.`,
  NOT_WRITABLE: path => `A key cannot be kept in ${path}. Join without one: --key none.`,
  WIDE: path =>
    `Others can read the key ${path}, so it proves nothing. Keep it to yourself (chmod 600), or join with another: --key.`,
  NOT_A_KEY: path => `${path} is not a private key of OpenSSH. Check --key.`,
  PUBLIC: path => `${path} is the public half of a key. Name the file without .pub.`,
  ENCRYPTED: path =>
    `The key ${path} has a passphrase. Give it to ssh-agent with ssh-add, and use --key agent.`,
  OTHER_TYPE: path =>
    `${path} is not an Ed25519 key. RSA, ECDSA and sk keys cannot be used: make one with ssh-keygen -t ed25519.`,
  NO_AGENT: about => `There is no ssh-agent that answers (${about}). Start one, or give a file with --key.`,
  NOT_IN_AGENT: about =>
    `ssh-agent has no such Ed25519 key (${about}). Add one with ssh-add; keys of other types and on a token cannot be used.`,
  NOT_SIGNED: about =>
    `The key was not allowed to sign (${about}). Allow it, or join without it: --key none.`,
};

export function keyText({ code, about }: KeyFailure): string {
  return KEY_FAILURES[code](visible(about));
}

/** A server's challenge was not answered. */
export function notProvenText(end: Extract<ConversationOutcome, { type: 'NOT_PROVEN' }>): string {
  if (end.why === 'NOT_SIGNED') {
    if (end.problem instanceof KeyFailure) return keyText(end.problem);
    throw end.problem;
  }
  return `The server wants a proof for another server, ${visible(cut(end.asked))}; this one is ${visible(end.reached)}. Nothing was signed: somebody may be in between.`;
}
