import type { ChatRoom } from '../../domain/chat-room.js';
import type { DisconnectUser } from './disconnect-user.js';
import type { RoomLog } from './ports.js';
import type { RoomFeed } from './room-feed.js';

/** Opens the room as its log has it: users who were in it when the server stopped can resume their sessions. */
export class OpenRoom {
  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: Pick<RoomLog, 'open'>,
    private readonly feed: Pick<RoomFeed, 'start'>,
    private readonly disconnectUser: Pick<DisconnectUser, 'expect'>,
  ) {}

  /** Called once, before any client can connect. @throws {RoomLogFailure} */
  async execute(): Promise<void> {
    const opened = await this.roomLog.open();
    this.feed.start(opened);
    this.room.resume(opened.lastSession);
    for (const { session, username, resumeKey } of opened.present)
      this.disconnectUser.expect(this.room.restore(session, username, resumeKey).session);
  }
}
