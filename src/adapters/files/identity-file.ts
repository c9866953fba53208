import { IdentityFailure, type IdentityFailureCode } from '../../application/server/failures.js';

const CODES: Record<string, IdentityFailureCode> = {
  ENOENT: 'NOT_FOUND',
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EROFS: 'NOT_WRITABLE',
  ENOSPC: 'NOT_WRITABLE',
  EDQUOT: 'NOT_WRITABLE',
};

/** Does the work on a file by which the server is known. @throws {IdentityFailure} which names the file */
export function onIdentityFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new IdentityFailure(CODES[code] ?? 'NOT_READABLE', path, { cause });
  }
}
