import type { ChatRoom } from '../../domain/chat-room.js';
import { Refusal } from '../../domain/refusal.js';
import type { Bearer, NameOwnership } from './name-ownership.js';
import type { RoomLog } from './room-log-ports.js';
import type { RoomOrder } from './room-order.js';

/** Somebody who could come in asks who is here, without coming in. */
export class ListUsers {
  constructor(
    private readonly room: Pick<ChatRoom, 'checkName' | 'users'>,
    private readonly roomLog: Pick<RoomLog, 'settled'>,
    private readonly ownership: Pick<NameOwnership, 'claims' | 'objectionTo'>,
    private readonly order: Pick<RoomOrder, 'admit'>,
  ) {}

  /**
   * Resolves to their names, in the order in which they joined.
   * @param address where it is asked
   * @throws {Refusal} BANNED, NAME_CLAIMED, NAME_UNLISTED, or that of a name that breaks the rules
   */
  async execute(asker: Bearer, address: string | undefined): Promise<readonly string[]> {
    const { username, key } = asker;
    this.order.admit(username, key, address);
    this.room.checkName(username);
    const objection = await this.ownership.objectionTo(asker);
    if (objection !== undefined) throw objection;
    const { claims } = this.ownership;
    if (claims?.isComplete === true && (await claims.ownerOf(username)) === undefined)
      throw new Refusal('NAME_UNLISTED');
    await this.roomLog.settled(); // a join that is not recorded yet may be refused
    return Array.from(this.room.users, user => user.username);
  }
}
