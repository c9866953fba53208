import type { ChatRoom } from '../../domain/chat-room.js';
import type { DisconnectUser } from './disconnect-user.js';
import type { ModerateRoom } from './moderate-room.js';
import { NameOwnership } from './name-ownership.js';
import type { RoomFeed } from './room-feed.js';
import type { RoomLog } from './room-log-ports.js';

/** Opens the room as its log has it: users who were in it when the server stopped can resume their sessions. */
export class OpenRoom {
  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: Pick<RoomLog, 'open' | 'close'>,
    private readonly feed: Pick<RoomFeed, 'start'>,
    private readonly disconnectUser: Pick<DisconnectUser, 'expect'>,
    private readonly ownership: NameOwnership = new NameOwnership(),
    private readonly moderateRoom?: Pick<ModerateRoom, 'open' | 'close' | 'told'>,
  ) {}

  /** Called once, before any client can connect. Resolves to how many are waited for. @throws {RoomLogFailure} */
  async execute(): Promise<number> {
    const opened = await this.roomLog.open();
    try {
      await this.ownership.open();
      await this.moderateRoom?.open();
    } catch (error) {
      await this.moderateRoom?.close();
      await this.ownership.close();
      await this.roomLog.close();
      throw error;
    }
    this.room.countFrom(opened.lastSession);
    const users = opened.present.map(({ session, username, resumeKey, key, elsewhere }) =>
      this.room.restore(session, username, resumeKey, key, elsewhere),
    );
    this.feed.start(
      opened,
      session => this.disconnectUser.expect(session),
      event => this.moderateRoom?.told(event),
    );
    for (const { session } of users) if (!session.isElsewhere) this.disconnectUser.expect(session);
    for (const { username, session } of users) await this.ownership.seen({ username, key: session.key });
    this.ownership.watch(() =>
      [...this.room.users].map(({ username, session }) => ({ username, key: session.key })),
    );
    return opened.present.filter(({ resumeKey }) => resumeKey !== undefined).length;
  }
}
