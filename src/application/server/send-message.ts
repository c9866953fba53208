import type { ChatRoom } from '../../domain/chat-room.js';
import type { MessageSent } from '../../domain/events.js';
import type { SessionId } from '../../domain/session.js';
import type { Appended, RoomLog } from './room-log-ports.js';
import type { RoomOrder } from './room-order.js';

/** A message as a client sends it. */
export type Message = Omit<MessageSent, 'type' | 'session' | 'username' | 'verified'> & {
  /** The name under which the client speaks, if it gives one. */
  readonly username?: string;
};

/** A user sends a message to everybody else. */
export class SendMessage {
  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: Pick<RoomLog, 'append' | 'knows'>,
    private readonly order?: Pick<RoomOrder, 'isStrict' | 'listenTo'>,
  ) {}

  /**
   * Resolves when the message is recorded, and so on its way to everybody.
   * @throws {Refusal} at once when the room refuses, later when the log does; nobody has seen the message then
   */
  execute(session: SessionId, { username, content, ...more }: Message): Promise<Appended<MessageSent>> {
    const message = this.room.send(session, username, content, more);
    if (this.order?.isStrict === true) this.#requireVoice(session, more.ref, this.order);
    return this.roomLog.append(message);
  }

  /** What was heard already is answered again, whatever was decided since. */
  #requireVoice(session: SessionId, ref: string | undefined, order: Pick<RoomOrder, 'listenTo'>): void {
    const user = this.room.userOf(session);
    const isRepeated = ref !== undefined && this.roomLog.knows(session, ref);
    if (user !== undefined && !isRepeated) order.listenTo(user);
  }
}
