import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { IdentityFailure } from '../../application/server/failures.js';
import { onIdentityFile } from '../files/identity-file.js';
import { readRegular } from '../files/regular-file.js';
import { isThere, writeWhole } from '../files/whole-file.js';

/** A key has some hundred. */
const MAX_BYTES = 64 * 1024;

const FILE = 'ssh-host-key';

/** Permissions of everybody on the machine. */
const OTHERS = 0o007;

/** The key by which clients of ssh know the server: Ed25519, made at the first start, and never replaced. */
export class HostKey {
  #key: { readonly text: string; readonly fingerprint: string } | undefined;

  /**
   * @param folder where it is kept; nowhere when absent, and then there is another one at each start
   * @param newKey makes one, in the form of OpenSSH. That of ssh2 itself makes one in 256 wrong: it takes off all zeros in front.
   */
  constructor(
    private readonly folder: string | undefined,
    private readonly newKey: () => string,
  ) {}

  /** Idempotent. @throws {IdentityFailure} */
  open(): void {
    this.#key ??=
      this.folder === undefined ? parsed(this.newKey(), FILE) : kept(join(this.folder, FILE), this.newKey);
  }

  /** In the form of OpenSSH. */
  get privateKey(): string {
    return this.#open.text;
  }

  /** As `ssh` shows it: `SHA256:…`. */
  get fingerprint(): string {
    return this.#open.fingerprint;
  }

  get #open() {
    if (this.#key === undefined) throw new Error('the host key is not open');
    return this.#key;
  }
}

function kept(path: string, newKey: () => string) {
  if (!onIdentityFile(path, () => isThere(path))) onIdentityFile(path, () => writeWhole(path, newKey()));
  const text = onIdentityFile(path, () => readRegular(path, MAX_BYTES));
  if (process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0)
    throw new IdentityFailure('NOT_PRIVATE', path);
  return parsed(text, path);
}

/** @throws {IdentityFailure} */
function parsed(text: string, path: string) {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error || !key.isPrivateKey() || key.type !== 'ssh-ed25519')
    throw new IdentityFailure('BAD_HOST_KEY', path);
  const hash = createHash('sha256').update(key.getPublicSSH()).digest('base64');
  return { text, fingerprint: `SHA256:${hash.replace(/=+$/, '')}` };
}
