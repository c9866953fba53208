import type { MessageSent, Recorded, RoomEvent, Seq } from '../../domain/events.js';
import type { SearchQuery } from '../../domain/message-search.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import { EventClock } from './event-clock.js';
import { Meter } from './meter.js';
import type { Appended, EventStore, Kept, Logger, OpenedRoomLog, RoomLog } from './ports.js';
import { Recorder } from './recorder.js';
import { WatchedStore } from './watched-store.js';

/** A room log that records in this process: its Recorder decides what happens, its store keeps it. */
export class RecordingRoomLog implements RoomLog {
  readonly #recorder: Recorder;
  readonly #watched: WatchedStore;

  constructor(
    private readonly store: EventStore,
    logger?: Pick<Logger, 'warn'>,
    busyPatienceMs?: number,
    meter: Pick<Meter, 'writes' | 'failures'> = new Meter(),
  ) {
    this.#watched = new WatchedStore(store, meter);
    this.#recorder = new Recorder(this.#watched, new EventClock(logger), busyPatienceMs);
  }

  async open(): Promise<OpenedRoomLog> {
    const { at, refs, ...opened } = await this.store.open();
    try {
      this.#recorder.restore({ head: opened.head, at, present: opened.present, refs });
    } catch (error) {
      await this.store.close();
      throw error;
    }
    return opened;
  }

  follow(listener: (batch: readonly Recorded[]) => void): void {
    this.#recorder.follow(listener);
  }

  append<E extends RoomEvent>(event: E): Promise<Appended<E>> {
    return this.#recorder.append(event);
  }

  async erase(seq: Seq): Promise<Recorded<MessageSent> | undefined> {
    await this.#recorder.settled();
    try {
      return this.store.erase(seq);
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal('NOT_RECORDED');
    }
  }

  knows(session: SessionId, ref: string): boolean {
    return this.#recorder.knows(session, ref);
  }

  get objection() {
    return this.#watched.objection;
  }

  settled(): Promise<void> {
    return this.#recorder.settled();
  }

  async close(): Promise<void> {
    try {
      this.#recorder.close();
    } finally {
      await this.store.close();
    }
  }

  get kept(): Kept {
    return this.store.kept;
  }

  get size() {
    return this.store.size;
  }

  read(after: Seq, upTo: Seq, limit: number) {
    return this.store.read(after, upTo, limit);
  }

  messages(after: Seq, upTo: Seq, limit: number) {
    return this.store.messages(after, upTo, limit);
  }

  messagesBefore(before: Seq, limit: number) {
    return this.store.messagesBefore(before, limit);
  }

  search(query: SearchQuery) {
    return this.store.search(query);
  }

  locate(epoch: string, seq: Seq) {
    return this.store.locate(epoch, seq);
  }

  sessionOf(resumeKey: string) {
    return this.store.sessionOf(resumeKey);
  }
}
