import type { MessageSent, Recorded, RoomEvent, Seq } from '../../domain/events.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import { EventClock } from './event-clock.js';
import { Meter } from './meter.js';
import { Recorder } from './recorder.js';
import type { Appended, EventStore, OpenedRoomLog, RoomLog } from './room-log-ports.js';
import type { Logger } from './service-ports.js';
import { StoredHistory } from './stored-history.js';
import { WatchedStore } from './watched-store.js';

/** A room log that records in this process: its Recorder decides what happens, its store keeps it. */
export class RecordingRoomLog extends StoredHistory implements RoomLog {
  /** Never: what cannot be recorded for now is refused. */
  readonly failed = new Promise<never>(() => {});
  readonly isCutOff = false;
  readonly cluster = undefined;
  readonly #recorder: Recorder;
  readonly #watched: WatchedStore;

  constructor(
    protected readonly store: EventStore,
    logger?: Pick<Logger, 'warn'>,
    busyPatienceMs?: number,
    meter: Pick<Meter, 'writes' | 'failures'> = new Meter(),
  ) {
    super();
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

  now(): number {
    return Date.now();
  }

  /** No other server has told anybody anything. */
  reach(): undefined {
    return undefined;
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

  tellAbsence(): void {}

  async take(): Promise<boolean> {
    return true;
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
}
