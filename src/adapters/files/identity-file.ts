import { IdentityFailure, type IdentityFailureCode } from '../../application/server/failures.js';

const CODES: Record<string, IdentityFailureCode> = {
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EROFS: 'NOT_WRITABLE',
  ENOSPC: 'NOT_WRITABLE',
  EDQUOT: 'NOT_WRITABLE',
};

/**
 * Does the work on a file by which the server is known.
 * @param missing what it is that there is no such file: somebody has named it, or the server has made it
 * @throws {IdentityFailure} which names the file
 */
export function onIdentityFile<T>(
  path: string,
  work: () => T,
  missing: IdentityFailureCode = 'NOT_READABLE',
): T {
  try {
    return work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const why = code === 'ENOENT' ? missing : (CODES[code] ?? 'NOT_READABLE');
    throw new IdentityFailure(why, path, { cause });
  }
}
