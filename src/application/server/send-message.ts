import type { ChatRoom } from '../../domain/chat-room.js';
import type { MessageSent } from '../../domain/events.js';
import type { SessionId } from '../../domain/user.js';
import type { Appended, RoomLog } from './ports.js';

/** A message as it comes from a client. */
export interface Message {
  readonly content: string;
  /** The name under which the client says it, if it gives one. */
  readonly username?: string;
  readonly kind?: 'action';
  readonly ref?: string;
}

/** A user says something to everybody else. */
export class SendMessage {
  constructor(
    private readonly room: ChatRoom,
    private readonly log: RoomLog,
  ) {}

  /**
   * Resolves when the message is recorded, and so on its way to everybody.
   * @throws {Refusal} at once when the room says no, later when the log does; nobody has seen the message then
   */
  execute(session: SessionId, { username, content, ...more }: Message): Promise<Appended<MessageSent>> {
    return this.log.append(this.room.send(session, username, content, more));
  }
}
