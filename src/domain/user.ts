import { type Username, usernameKey } from './username.js';

/** Names one session: one person's stay, from a connection's first byte to its end. Given by the edge, unique. */
export type SessionId = number;

/** Longest name, in UTF-16 units, that is compared with a user's own: four times the most that a room allows. */
const MAX_CLAIM_LENGTH = 256;

/** A person in the room. Two users are the same only if they are the same object: a name can be used again. */
export class User {
  constructor(
    readonly session: SessionId,
    readonly username: Username,
  ) {}

  /** Whether `claimed` is this user's own name, in whichever spelling. */
  isNamed(claimed: string): boolean {
    if (claimed === this.username.value) return true;
    // Folding takes time for each character, and no spelling is that much longer than another.
    return claimed.length <= MAX_CLAIM_LENGTH && usernameKey(claimed) === this.username.key;
  }
}
