import type { ChatRoom } from '../domain/chat-room.js';
import type { SessionId } from '../domain/user.js';
import type { Broadcaster } from './ports.js';

/** A user says something to everybody else. */
export class SendMessage {
  constructor(
    private readonly room: ChatRoom,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** @throws {Refusal} when the room says no; nobody has seen the message then */
  execute(session: SessionId, claimedName: string, content: string): void {
    this.broadcaster.publish(this.room.send(session, claimedName, content));
  }
}
