import type { ChatRoom } from '../domain/chat-room.js';
import type { SessionId, User } from '../domain/user.js';
import type { Broadcaster, Outlet } from './ports.js';

/** A user enters the room and is told of everything from here on. */
export class JoinUser {
  constructor(
    private readonly room: ChatRoom,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** @throws {Refusal} when the room says no; nobody has heard of it then */
  execute(session: SessionId, name: string, outlet: Outlet): User {
    const joined = this.room.join(session, name);
    this.broadcaster.add(joined.user, outlet);
    this.broadcaster.publish(joined);
    return joined.user;
  }
}
