import { type Username, usernameKey } from './username.js';

/** Names one session: one person's stay, from a connection's first byte to its end. Given by the edge, unique. */
export type SessionId = number;

/** A person in the room. Two users are the same only if they are the same object: a name can be used again. */
export class User {
  constructor(
    readonly session: SessionId,
    readonly username: Username,
  ) {}

  /** Whether `claimed` is this user's own name, in whichever spelling. */
  isNamed(claimed: string): boolean {
    return claimed === this.username.value || usernameKey(claimed) === this.username.key;
  }
}
