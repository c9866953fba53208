import { ChatMessage, MAX_MESSAGE_BYTES } from './chat-message.js';
import type { MessageSent, UserJoined, UserLeft } from './events.js';
import { Members } from './members.js';
import { MAX_USERNAME_LENGTH } from './name-limits.js';
import { Refusal } from './refusal.js';
import { type Elsewhere, Session, type SessionId } from './session.js';
import { User } from './user.js';
import { Username } from './username.js';

/** What a room lets its users do: code points of a name, bytes of a message. */
export interface RoomLimits {
  readonly maxUsernameLength: number;
  readonly maxMessageBytes: number;
}

export const DEFAULT_ROOM_LIMITS: RoomLimits = {
  maxUsernameLength: MAX_USERNAME_LENGTH,
  maxMessageBytes: MAX_MESSAGE_BYTES,
};

/** The one room of a server: its users, their names, and what they may do. */
export class ChatRoom {
  readonly #members = new Members<User>(({ session }) => session.id);
  readonly #byResumeKey = new Map<string, User>();
  #lastSession: SessionId = 0;
  /** What operators say that the room is about; empty when they do not. */
  topic = '';

  constructor(readonly limits: RoomLimits = DEFAULT_ROOM_LIMITS) {}

  get size(): number {
    return this.#members.size;
  }

  /** In the order in which they joined. */
  get users(): Iterable<User> {
    return this.#members;
  }

  userOf(session: SessionId): User | undefined {
    return this.#members.get(session);
  }

  userNamed(username: string): User | undefined {
    return this.#members.named(username);
  }

  /** The user whose session a client with this key may resume. */
  userWithKey(resumeKey: string): User | undefined {
    return this.#byResumeKey.get(resumeKey);
  }

  /** An id that no session of this room has had before. */
  newSession(): SessionId {
    return ++this.#lastSession;
  }

  /** @throws {Refusal} the code of a name that nobody may have, whoever is here */
  checkName(name: string): void {
    this.#parse(name);
  }

  /** @throws {Refusal} ALREADY_JOINED, NAME_TAKEN, NAME_RESEMBLES, or the code of a name that breaks the rules */
  join(session: SessionId, name: string, resumeKey?: string): UserJoined {
    if (this.#members.get(session) !== undefined) throw new Refusal('ALREADY_JOINED');
    const user = new User(new Session(session, resumeKey), this.#parse(name));
    this.#members.admit(user);
    this.#remember(user);
    const { username } = user;
    return { type: 'UserJoined', session, username, ...(resumeKey !== undefined && { resumeKey }) };
  }

  /** A session that was joining is in the room now: of others who wanted to join, those before it are so too. */
  arrived(session: SessionId): void {
    this.#members.moveLast(session);
  }

  /** A session that is joining has proven its name with this key. */
  verify(joined: UserJoined, key: string): UserJoined {
    this.#members.get(joined.session)?.session.verify(key);
    return { ...joined, key, verified: true };
  }

  /** New sessions are counted from here: earlier numbers were given before a restart, or are for other servers. */
  countFrom(lastSession: SessionId): void {
    this.#lastSession = lastSession;
  }

  /**
   * Puts back a user who was in the room when it was closed, even under a name that the rules no longer allow; or puts in
   * one who has joined at another server.
   */
  restore(session: SessionId, name: string, resumeKey?: string, key?: string, elsewhere?: Elsewhere): User {
    const restored =
      elsewhere === undefined
        ? Session.away(session, resumeKey, key)
        : Session.elsewhere(session, resumeKey, key, elsewhere);
    const user = new User(restored, Username.given(name));
    this.#members.restore(user);
    this.#remember(user);
    return user;
  }

  /**
   * @param claimed the name under which the client speaks, if it gives one
   * @throws {Refusal} NOT_JOINED, FOREIGN_NAME, or the code of a message that breaks the rules
   */
  send(
    session: SessionId,
    claimed: string | undefined,
    content: string,
    more: Omit<MessageSent, 'type' | 'session' | 'username' | 'content' | 'owner' | 'verified'> = {},
  ): MessageSent {
    const { username, session: by } = this.#member(session, claimed);
    const message = ChatMessage.parse(content, this.limits.maxMessageBytes);
    const sent = { type: 'MessageSent', session, username, content: message.content, ...more } as const;
    const { owner, key } = by;
    const owned: MessageSent = owner === undefined ? sent : { ...sent, owner };
    return key === undefined ? owned : { ...owned, verified: true };
  }

  /**
   * Frees the name.
   * @param claimed the name under which the client leaves; absent when the session has ended
   * @throws {Refusal} NOT_JOINED or FOREIGN_NAME
   */
  leave(session: SessionId, claimed?: string): UserLeft {
    const user = this.#member(session, claimed);
    this.#members.remove(session);
    const { resumeKey } = user.session;
    if (resumeKey !== undefined && this.#byResumeKey.get(resumeKey) === user)
      this.#byResumeKey.delete(resumeKey);
    return { type: 'UserLeft', session, username: user.username };
  }

  /** A name of strange characters that make it look like somebody's is refused for that. */
  #parse(name: string): Username {
    try {
      return Username.parse(name, this.limits.maxUsernameLength);
    } catch (error) {
      const hasStrange =
        error instanceof Refusal && (error.code === 'NAME_CHARACTERS' || error.code === 'NAME_MIXED_SCRIPTS');
      const resembled = hasStrange ? this.#members.resembling(name)?.username : undefined;
      throw resembled === undefined ? error : new Refusal('NAME_RESEMBLES', undefined, { resembled });
    }
  }

  #remember(user: User): void {
    const { resumeKey } = user.session;
    if (resumeKey !== undefined) this.#byResumeKey.set(resumeKey, user);
  }

  #member(session: SessionId, claimed?: string): User {
    const user = this.#members.get(session);
    if (user === undefined) throw new Refusal('NOT_JOINED');
    if (claimed !== undefined && !user.isNamed(claimed)) throw new Refusal('FOREIGN_NAME');
    return user;
  }
}
