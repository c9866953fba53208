import { type Username, usernameKey } from './username.js';

/** Names one session: one person's stay, which may outlive its connection. Unique in a room's whole history. */
export type SessionId = number;

/** Longest name, in UTF-16 units, that is compared with a user's own: four times the most that a room allows. */
const MAX_CLAIM_LENGTH = 256;

/** A person in the room. */
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
