import type { ListenFailureCode } from '../../../application/server/failures.js';

/** Node's codes for an address at which nobody can listen. */
const CODES: Record<string, ListenFailureCode> = {
  EADDRINUSE: 'PORT_IN_USE',
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EADDRNOTAVAIL: 'BAD_ADDRESS',
  EAFNOSUPPORT: 'BAD_ADDRESS',
  EAI_AGAIN: 'BAD_ADDRESS',
  EINVAL: 'BAD_ADDRESS',
  ENOTFOUND: 'BAD_ADDRESS',
  ENOTSUP: 'CANNOT_SHARE',
};

/** Why one could not listen, by the error that came of it. */
export function listenCode(error: unknown): ListenFailureCode {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return CODES[code] ?? 'CANNOT_LISTEN';
}
