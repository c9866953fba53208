import type { ChatRoom } from '../../domain/chat-room.js';
import type { SessionId } from '../../domain/session.js';
import { NameOwnership } from './name-ownership.js';
import type { RoomLog } from './ports.js';

/** A user leaves, by a command or because the session ended, which frees the name. */
export class LeaveUser {
  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: Pick<RoomLog, 'append'>,
    private readonly ownership: NameOwnership = new NameOwnership(),
  ) {}

  /**
   * Resolves when it is recorded.
   * @param claimedName the name under which the client leaves; absent when the session has ended
   * @throws {Refusal} NOT_JOINED or FOREIGN_NAME
   */
  async execute(session: SessionId, claimedName?: string): Promise<void> {
    const user = this.room.userOf(session);
    await this.roomLog.append(this.room.leave(session, claimedName));
    if (user !== undefined) await this.ownership.seen({ username: user.username, key: user.session.key });
  }
}
