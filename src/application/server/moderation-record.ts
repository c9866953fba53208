import type { ChatRoom } from '../../domain/chat-room.js';
import type { Moderation, ModerationEntry } from '../../domain/moderation.js';
import type { ModerationLog } from './moderation-ports.js';

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;

/** What operators have done is kept in the log before it is so. */
export class ModerationRecord {
  constructor(
    private readonly room: Pick<ChatRoom, 'topic'>,
    private readonly moderation: Moderation,
    private readonly log: ModerationLog,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws {RoomLogFailure} */
  open(): void {
    for (const entry of this.log.open()) this.#apply(entry);
  }

  /** @throws {Refusal} DISK_FULL or NOT_RECORDED, and nothing is changed */
  keep(entry: WithoutTime<ModerationEntry>): void {
    const kept: ModerationEntry = { ...entry, at: this.now() };
    this.log.append(kept);
    this.#apply(kept);
  }

  close(): void {
    this.log.close();
  }

  #apply(entry: ModerationEntry): void {
    this.moderation.apply(entry);
    this.room.topic = this.moderation.topic;
  }
}
