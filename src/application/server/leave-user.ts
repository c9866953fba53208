import type { ChatRoom } from '../../domain/chat-room.js';
import type { SessionId } from '../../domain/user.js';
import type { RoomLog } from './ports.js';
import type { Sessions } from './sessions.js';

/** A user goes, on their own word or because their session ended; the name is free again. */
export class LeaveUser {
  constructor(
    private readonly room: ChatRoom,
    private readonly sessions: Sessions,
    private readonly log: RoomLog,
  ) {}

  /**
   * Without a `claimedName` it is the end of the session itself. Resolves when it is recorded.
   * @throws {Refusal} at once, when the session has not joined or claims somebody else's name
   */
  async execute(session: SessionId, claimedName?: string): Promise<void> {
    const left = this.room.leave(session, claimedName);
    this.sessions.remove(session);
    await this.log.append(left);
  }
}
