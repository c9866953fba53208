import type { MessageSent, Recorded, UserJoined, UserLeft } from '../../src/domain/events.js';
import type { SessionId } from '../../src/domain/session.js';

/** Gives events their sequence numbers and times, as a room log would. */
export class Recording {
  #seq = 0;

  sent(session: SessionId, username: string, content: string, ref?: string): Recorded<MessageSent> {
    return {
      type: 'MessageSent',
      session,
      username,
      content,
      ...(ref !== undefined && { ref }),
      ...this.#record(),
    };
  }

  joined(session: SessionId, username: string, resumeKey?: string): Recorded<UserJoined> {
    return {
      type: 'UserJoined',
      session,
      username,
      ...(resumeKey !== undefined && { resumeKey }),
      ...this.#record(),
    };
  }

  left(session: SessionId, username: string): Recorded<UserLeft> {
    return { type: 'UserLeft', session, username, ...this.#record() };
  }

  #record() {
    this.#seq++;
    return { seq: this.#seq, at: 1_795_000_000_000 + this.#seq };
  }
}
