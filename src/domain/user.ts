import { usernameKey } from './name-key.js';
import type { Session } from './session.js';
import type { Username } from './username.js';

/** Longest claim, in UTF-16 units, that is compared with a user's name: four times the longest name of any room. */
const MAX_CLAIM_LENGTH = 256;

/** A person in the room. */
export class User {
  constructor(
    readonly session: Session,
    private readonly name: Username,
  ) {}

  get username(): string {
    return this.name.value;
  }

  /** Whether `claimed` is this user's own name, in any spelling. */
  isNamed(claimed: string): boolean {
    if (claimed === this.username) return true;
    // Folding costs time per character, and no spelling is that much longer than another.
    return claimed.length <= MAX_CLAIM_LENGTH && usernameKey(claimed) === this.name.key;
  }
}
