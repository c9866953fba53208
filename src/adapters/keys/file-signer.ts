import { sign } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { KeyFailure, type Signer } from '../../application/client/ports.js';
import { writeWhole } from '../files/whole-file.js';
import { fingerprintOf, keyLine } from './ed25519.js';
import { type KeyPair, newKeyFile, readKeyFile } from './private-key.js';
import { bytesToSign } from './sshsig.js';

/** A key is shorter; whatever else somebody names by mistake is not read whole. */
const MAX_BYTES = 64 * 1024;

/** Permissions of a file that others can read or write. */
const WIDE = 0o077;

const MISSING = new Set(['ENOENT', 'ENOTDIR']);

/** Signs with a key from a file of OpenSSH. */
export class FileSigner implements Signer {
  private constructor(
    private readonly pair: KeyPair,
    readonly source: string,
  ) {}

  /** @throws {KeyFailure} */
  static read(path: string): FileSigner {
    const pair = readKeyFile(readSecret(path));
    if (typeof pair === 'string') throw new KeyFailure(pair, path);
    return new FileSigner(pair, path);
  }

  /** The same, of a key that is made when there is none. @throws {KeyFailure} */
  static readOrMake(path: string): FileSigner {
    try {
      return FileSigner.read(path);
    } catch (error) {
      if (!(error instanceof KeyFailure && error.code === 'NOT_FOUND')) throw error;
    }
    make(path);
    return FileSigner.read(path);
  }

  get publicKey(): string {
    return this.pair.key;
  }

  get fingerprint(): string {
    return fingerprintOf(this.pair.key);
  }

  get line(): string {
    return keyLine(this.pair.key);
  }

  async sign(text: string): Promise<string> {
    return sign(null, bytesToSign(text), this.pair.privateKey).toString('base64url');
  }
}

/** What only its owner can read; what others can read as well is no secret. @throws {KeyFailure} */
function readSecret(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { mode, size } = fstatSync(file);
    if (process.platform !== 'win32' && (mode & WIDE) !== 0) throw new KeyFailure('WIDE', path);
    if (size > MAX_BYTES) throw new KeyFailure('NOT_A_KEY', path);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof KeyFailure) throw error;
    // A file where a folder should be, as with a home of /dev/null, has nothing in it.
    const isMissing = error instanceof Error && 'code' in error && MISSING.has(String(error.code));
    throw new KeyFailure(isMissing ? 'NOT_FOUND' : 'NOT_READABLE', path, { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Of two programs that make it at the same time, both have the key of the first. @throws {KeyFailure} NOT_WRITABLE */
function make(path: string): void {
  try {
    writeWhole(path, newKeyFile(), true, 'keep');
  } catch (cause) {
    if (!existsSync(path)) throw new KeyFailure('NOT_WRITABLE', path, { cause });
  }
}
