import { ChatMessage, MAX_MESSAGE_BYTES } from './chat-message.js';
import type { MessageSent, UserJoined, UserLeft } from './events.js';
import { Refusal } from './refusal.js';
import { type SessionId, User } from './user.js';
import { MAX_USERNAME_LENGTH, Username } from './username.js';

/** What a room lets its users do: code points of a name, bytes of a message. */
export interface RoomLimits {
  readonly maxUsernameLength: number;
  readonly maxMessageBytes: number;
}

export const DEFAULT_ROOM_LIMITS: RoomLimits = {
  maxUsernameLength: MAX_USERNAME_LENGTH,
  maxMessageBytes: MAX_MESSAGE_BYTES,
};

/** The one room of a server: who is in it, under which name, and what they may do. */
export class ChatRoom {
  readonly #bySession = new Map<SessionId, User>();
  readonly #byName = new Map<string, User>();

  constructor(readonly limits: RoomLimits = DEFAULT_ROOM_LIMITS) {}

  get size(): number {
    return this.#bySession.size;
  }

  /** In the order in which they came. */
  get users(): Iterable<User> {
    return this.#bySession.values();
  }

  userOf(session: SessionId): User | undefined {
    return this.#bySession.get(session);
  }

  /** @throws {Refusal} ALREADY_JOINED, NAME_TAKEN, or what is wrong with the name */
  join(session: SessionId, name: string, resumeKey?: string): UserJoined {
    if (this.#bySession.has(session)) throw new Refusal('ALREADY_JOINED');
    const username = Username.parse(name, this.limits.maxUsernameLength);
    if (this.#byName.has(username.key)) throw new Refusal('NAME_TAKEN');
    this.#enter(new User(session, username));
    return {
      type: 'UserJoined',
      session,
      username: username.value,
      ...(resumeKey !== undefined && { resumeKey }),
    };
  }

  /** Puts back who was in the room before, by its own log: whatever the rules are now, this name was given. */
  restore(session: SessionId, name: string): void {
    this.#enter(new User(session, Username.given(name)));
  }

  /**
   * The message is by the session's user, whatever name the command claims.
   * @throws {Refusal} NOT_JOINED, FOREIGN_NAME, or what is wrong with the message
   */
  send(
    session: SessionId,
    claimed: string | undefined,
    content: string,
    more: Pick<MessageSent, 'kind' | 'ref'> = {},
  ): MessageSent {
    const user = this.#member(session, claimed);
    const message = ChatMessage.parse(content, this.limits.maxMessageBytes);
    return {
      type: 'MessageSent',
      session,
      username: user.username.value,
      content: message.content,
      ...more,
    };
  }

  /**
   * Frees the name. Without a `claimed` name it is the session's own end, which nobody can claim.
   * @throws {Refusal} NOT_JOINED or FOREIGN_NAME
   */
  leave(session: SessionId, claimed?: string): UserLeft {
    const user = this.#member(session, claimed);
    this.#bySession.delete(session);
    this.#byName.delete(user.username.key);
    return { type: 'UserLeft', session, username: user.username.value };
  }

  #enter(user: User): void {
    this.#bySession.set(user.session, user);
    this.#byName.set(user.username.key, user);
  }

  #member(session: SessionId, claimed?: string): User {
    const user = this.#bySession.get(session);
    if (user === undefined) throw new Refusal('NOT_JOINED');
    if (claimed !== undefined && !user.isNamed(claimed)) throw new Refusal('FOREIGN_NAME');
    return user;
  }
}
