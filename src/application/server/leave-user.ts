import type { ChatRoom } from '../../domain/chat-room.js';
import type { SessionId } from '../../domain/session.js';
import type { RoomLog } from './ports.js';

/** A user leaves, by a command or because the session ended; the name is free again. */
export class LeaveUser {
  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: Pick<RoomLog, 'append'>,
  ) {}

  /**
   * Without a `claimedName` it is the end of the session itself. Resolves when it is recorded.
   * @throws {Refusal} at once, when the session has not joined or claims somebody else's name
   */
  async execute(session: SessionId, claimedName?: string): Promise<void> {
    await this.roomLog.append(this.room.leave(session, claimedName));
  }
}
