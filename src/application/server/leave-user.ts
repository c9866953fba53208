import type { ChatRoom } from '../../domain/chat-room.js';
import type { Ending } from '../../domain/events.js';
import type { SessionId } from '../../domain/session.js';
import { endOf, type SessionEnd } from './log-fields.js';
import { NameOwnership } from './name-ownership.js';
import type { RoomLog } from './room-log-ports.js';
import type { Logger } from './service-ports.js';

/** A user leaves, by a command or because the session ended, which frees the name. */
export class LeaveUser {
  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: Pick<RoomLog, 'append'>,
    private readonly ownership: NameOwnership = new NameOwnership(),
    private readonly logger?: Pick<Logger, 'info'>,
  ) {}

  /**
   * Resolves when it is recorded.
   * @param claimedName the name under which the client leaves; absent when the session has ended
   * @param reason for the operator's log
   * @param ended when it was somebody else who ended the session
   * @throws {Refusal} NOT_JOINED or FOREIGN_NAME
   */
  async execute(
    session: SessionId,
    claimedName?: string,
    reason: SessionEnd = 'LEFT',
    ended?: Ending,
  ): Promise<void> {
    const user = this.room.userOf(session);
    const left = this.room.leave(session, claimedName);
    if (user !== undefined) this.logger?.info(endOf(user.session, left.username, reason), 'session ended');
    await this.roomLog.append(ended === undefined ? left : { ...left, ended });
    if (user !== undefined) await this.ownership.seen({ username: user.username, key: user.session.key });
  }
}
