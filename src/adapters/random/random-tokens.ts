import { createHash, randomBytes } from 'node:crypto';
import type { ResumeTokens } from '../../application/server/transport-ports.js';

/** Bytes of a token: as many as nobody can guess. */
const TOKEN_BYTES = 18;

/** Tokens of the system's random numbers, kept as their SHA-256 hash. */
export class RandomTokens implements ResumeTokens {
  create(): string {
    return randomBytes(TOKEN_BYTES).toString('base64url');
  }

  keyOf(token: string): string {
    return createHash('sha256').update(token).digest('base64url');
  }
}
