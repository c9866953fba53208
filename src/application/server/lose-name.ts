import type { ChatRoom } from '../../domain/chat-room.js';
import type { User } from '../../domain/user.js';
import { endOf } from './log-fields.js';
import type { NameOwnership } from './name-ownership.js';
import type { RoomLog } from './room-log-ports.js';
import type { Logger } from './service-ports.js';

/** A name has become somebody else's: whoever is in the room under it without being its owner leaves. */
export class LoseName {
  constructor(
    private readonly room: Pick<ChatRoom, 'userOf' | 'leave'>,
    private readonly roomLog: Pick<RoomLog, 'append'>,
    private readonly ownership: NameOwnership,
    private readonly logger?: Pick<Logger, 'info'>,
  ) {}

  /** Whether the name of somebody in the room is not theirs any more. */
  async isLost({ username, session }: User): Promise<boolean> {
    if (!this.ownership.asksForKeys) return false;
    return !(await this.ownership.isStanding({ username, key: session.key }));
  }

  /** Does nothing when they have left. Resolves when it is recorded. */
  async execute({ session }: User): Promise<void> {
    if (this.room.userOf(session.id)?.session !== session) return;
    session.hangUp();
    const left = this.room.leave(session.id);
    this.logger?.info(endOf(session, left.username, 'NAME_CLAIMED'), 'session ended');
    await this.roomLog.append({ ...left, ended: { reason: 'REPLACED' } });
  }
}
