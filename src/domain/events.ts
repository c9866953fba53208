import type { User } from './user.js';

export interface UserJoined {
  readonly type: 'UserJoined';
  readonly user: User;
}

export interface MessageSent {
  readonly type: 'MessageSent';
  readonly user: User;
  readonly content: string;
}

export interface UserLeft {
  readonly type: 'UserLeft';
  readonly user: User;
}

/** What happened in the room. Every event is by a user, and told to every member but that user. */
export type RoomEvent = UserJoined | MessageSent | UserLeft;
