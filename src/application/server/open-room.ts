import type { ChatRoom } from '../../domain/chat-room.js';
import type { DisconnectUser } from './disconnect-user.js';
import type { RoomLog } from './ports.js';
import type { RoomFeed } from './room-feed.js';
import type { Session, Sessions } from './sessions.js';

/** The room is as its log has it: who was in it when it was closed, or cut off, can come back, or has left. */
export class OpenRoom {
  constructor(
    private readonly room: ChatRoom,
    private readonly log: RoomLog,
    private readonly feed: RoomFeed,
    private readonly sessions: Sessions,
    private readonly disconnectUser: DisconnectUser,
  ) {}

  /** Called once, before anybody can come. @throws {RoomLogFailure} */
  async execute(): Promise<void> {
    const opened = await this.log.open();
    this.feed.start(opened);
    this.sessions.startAfter(opened.lastSession);
    for (const { session, username, resumeKey } of opened.present) {
      this.room.restore(session, username);
      const key = resumeKey !== undefined && { resumeKey };
      const restored: Session = { id: session, username, attempt: 0, ...key };
      this.sessions.add(restored);
      this.disconnectUser.wait(restored);
    }
  }
}
