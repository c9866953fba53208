import type { ChatRoom } from '../domain/chat-room.js';
import type { SessionId } from '../domain/user.js';
import type { Broadcaster } from './ports.js';

/** A user goes, on their own word or because their session ended; the name is free again. */
export class LeaveUser {
  constructor(
    private readonly room: ChatRoom,
    private readonly broadcaster: Broadcaster,
  ) {}

  /**
   * Without a `claimedName` it is the end of the session itself.
   * @throws {Refusal} when the session has not joined, or claims somebody else's name
   */
  execute(session: SessionId, claimedName?: string): void {
    const left = this.room.leave(session, claimedName);
    this.broadcaster.remove(left.user);
    this.broadcaster.publish(left);
  }
}
