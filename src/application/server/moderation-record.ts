import type { ChatRoom } from '../../domain/chat-room.js';
import type { Moderation, ModerationEntry } from '../../domain/moderation.js';
import type { ModerationLog } from './moderation-ports.js';

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;

/** What operators have done is kept in the log before it is so; and it is so in the order that the log has. */
export class ModerationRecord {
  constructor(
    private readonly room: Pick<ChatRoom, 'topic'>,
    private readonly moderation: Moderation,
    private readonly log: ModerationLog,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param applied is told what has become so @throws {RoomLogFailure} */
  open(applied: (entry: ModerationEntry) => void = () => {}): Promise<void> {
    return this.log.open(entry => {
      this.moderation.apply(entry);
      this.room.topic = this.moderation.topic;
      applied(entry);
    });
  }

  /**
   * Resolves when it is so. What depends on what was done before is decided in `make`: it is asked again when an operator at
   * another server was faster. Resolves to false when it makes nothing.
   * @throws {Refusal} DISK_FULL or NOT_RECORDED, and nothing is changed; OUTCOME_UNKNOWN at the end of the server
   */
  async keep(make: () => WithoutTime<ModerationEntry> | undefined): Promise<boolean> {
    const kept = await this.log.append(() => {
      const entry = make();
      return entry && { ...entry, at: this.now() };
    });
    return kept !== undefined;
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
