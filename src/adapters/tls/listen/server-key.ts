import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { IdentityFailure } from '../../../application/server/failures.js';
import type { Logger, ServerIdentity } from '../../../application/server/service-ports.js';
import { onIdentityFile } from '../../files/identity-file.js';
import { readRegular } from '../../files/regular-file.js';
import { isThere, writeWhole } from '../../files/whole-file.js';
import { pinOfCertificate } from '../pin.js';
import { selfSigned } from './certificate.js';

/** Where the key and the certificate are: files of the operator's own, or of the server's, or in memory only. */
export interface KeyPlace {
  readonly keyFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  /** In which the server keeps what it makes itself; nowhere when absent. */
  readonly folder?: string | undefined;
}

/** A certificate with the longest of chains has a tenth of it. */
const MAX_BYTES = 1024 * 1024;

const KEY_FILE = 'server-key.pem';
const CERTIFICATE_FILE = 'server-cert.pem';

interface Loaded {
  /** PEM, with its chain. */
  readonly certificate: string;
  readonly context: SecureContext;
  readonly pin: string;
}

/** The server's key and certificate; made at the first start, unless the operator has their own. */
export class ServerKey implements ServerIdentity {
  #loaded: Loaded | undefined;

  constructor(
    private place: KeyPlace,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  get pin(): string {
    return this.#open.pin;
  }

  get certificate(): string {
    return this.#open.certificate;
  }

  /** For connections that are encrypted from now on. */
  get context(): SecureContext {
    return this.#open.context;
  }

  async open(): Promise<void> {
    this.#loaded = this.#load(this.place);
  }

  /**
   * Reads again what an operator may have replaced, there or elsewhere; what is returned makes connections go by it that come from
   * then on.
   * @throws {IdentityFailure} when it cannot be used; what was before stays
   */
  prepare(place: KeyPlace = this.place): () => void {
    const loaded = this.#load(place);
    return () => {
      this.place = place;
      this.#loaded = loaded;
      this.logger.info({ pin: loaded.pin }, 'key and certificate read again');
    };
  }

  get #open(): Loaded {
    if (this.#loaded === undefined) throw new Error('the key is not open');
    return this.#loaded;
  }

  #load({ keyFile, certificateFile, folder }: KeyPlace): Loaded {
    if (keyFile !== undefined && certificateFile !== undefined)
      return loaded(readKey(keyFile), readText(certificateFile), certificateFile);
    if (folder === undefined) {
      if (this.#loaded !== undefined) return this.#loaded; // there is nothing to read
      const { privateKey } = newKey();
      return loaded(privateKey, selfSigned(privateKey), CERTIFICATE_FILE);
    }
    return this.#ownIn(folder);
  }

  /** A key that is there, or was at the start, is never replaced: clients know the server by it. */
  #ownIn(folder: string): Loaded {
    const [keyPath, certificatePath] = [join(folder, KEY_FILE), join(folder, CERTIFICATE_FILE)];
    const isMade =
      this.#loaded === undefined && !onIdentityFile(keyPath, () => isThere(keyPath), 'NOT_FOUND');
    const isLost = isMade && existsSync(certificatePath);
    if (isMade) {
      const pem = newKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      onIdentityFile(keyPath, () => writeWhole(keyPath, pem), 'NOT_FOUND');
      rmSync(certificatePath, { force: true });
    }
    const key = readKey(keyPath);
    if (!existsSync(certificatePath))
      onIdentityFile(certificatePath, () => writeWhole(certificatePath, selfSigned(key)), 'NOT_FOUND');
    const own = loaded(key, readText(certificatePath), certificatePath);
    if (isLost)
      this.logger.warn({ pin: own.pin }, 'server-key.pem was gone: who knows the key of before is refused');
    return own;
  }
}

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** @throws {IdentityFailure} */
function loaded(key: KeyObject, certificates: string, path: string): Loaded {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(certificates);
  } catch (cause) {
    throw new IdentityFailure('BAD_CERTIFICATE', path, { cause });
  }
  if (!certificate.checkPrivateKey(key)) throw new IdentityFailure('OTHER_KEY', path);
  try {
    const context = createSecureContext({
      key: key.export({ type: 'pkcs8', format: 'pem' }),
      cert: certificates,
      minVersion: 'TLSv1.3',
      ecdhCurve: 'X25519',
    });
    return { certificate: certificates, context, pin: pinOfCertificate(certificate) };
  } catch (cause) {
    throw new IdentityFailure('BAD_CERTIFICATE', path, { cause });
  }
}

/** @throws {IdentityFailure} */
function readKey(path: string): KeyObject {
  const text = readText(path);
  if (process.platform !== 'win32' && (statSync(path).mode & 0o007) !== 0)
    throw new IdentityFailure('NOT_PRIVATE', path);
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new IdentityFailure('BAD_KEY', path, { cause });
  }
}

/** @throws {IdentityFailure} */
function readText(path: string): string {
  return onIdentityFile(path, () => readRegular(path, MAX_BYTES), 'NOT_FOUND');
}
