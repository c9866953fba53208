import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type {
  Appended,
  Kept,
  KnownSession,
  Logger,
  OpenedRoomLog,
  RoomLog,
} from '../../application/server/ports.js';
import { Recorder } from '../../application/server/recording-room-log.js';
import type { MessageSent, Recorded, RoomEvent, Seq } from '../../domain/events.js';
import type { SearchQuery } from '../../domain/message-search.js';
import { Refusal } from '../../domain/refusal.js';
import { FailureReport } from './failure-report.js';
import { Housekeeping } from './housekeeping.js';
import { Reader } from './reader.js';
import { Retention, type RetentionLimits } from './retention.js';
import { type OpenDatabase, RoomFile, toFailure, toRefusal } from './room-file.js';
import { RoomState } from './room-state.js';
import { SearchIndex } from './search-index.js';
import { Writer } from './writer.js';

export interface SqliteRoomLogOptions extends RetentionLimits {
  /** Where `room.db` and `room.lock` are; made when it is missing. */
  readonly folder: string;
  /** Whether a power cut may take the last moments with it (`normal`, and `locate` tells) or nothing (`full`). */
  readonly synchronous: 'normal' | 'full';
  /** Told when nothing can be recorded, why, and when that is over. */
  readonly log?: Pick<Logger, 'error' | 'info'>;
}

/** What there is while the log is open. */
interface Opened {
  readonly file: RoomFile;
  readonly state: RoomState;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly index: SearchIndex;
  readonly housekeeping: Housekeeping;
}

/**
 * Keeps the room in a SQLite file. What is appended in one turn of the event loop is one transaction, made in this
 * thread; a search index and retention follow later, in slices.
 *
 * After `close` it cannot be read, and every append is refused NOT_RECORDED. So is then a UserLeft that had to wait
 * and still cannot be recorded: its session is in the room for whoever opens the log next.
 */
export class SqliteRoomLog implements RoomLog {
  readonly #recorder = new Recorder({
    write: batch => this.#write(batch),
    messageAt: seq => this.#open.reader.messageAt(seq),
  });
  #opened: Opened | undefined;
  readonly #trouble: FailureReport;
  #isFailing = false;
  #isGone = false;
  #lookedAt = 0;

  constructor(
    private readonly options: SqliteRoomLogOptions,
    private readonly openDatabase?: OpenDatabase,
  ) {
    this.#trouble = new FailureReport(options.log);
  }

  async open(): Promise<OpenedRoomLog> {
    const { folder, synchronous } = this.options;
    const file = RoomFile.open(folder, synchronous, this.openDatabase);
    try {
      return this.#begin(file);
    } catch (error) {
      file.close();
      this.#opened = undefined;
      throw toFailure(error, join(folder, 'room.db'));
    }
  }

  follow(listener: (batch: readonly Recorded[]) => void): void {
    this.#recorder.follow(listener);
  }

  append<E extends RoomEvent>(event: E): Promise<Appended<E>> {
    return this.#recorder.append(event);
  }

  settled(): Promise<void> {
    return this.#recorder.settled();
  }

  async read(after: Seq, upTo: Seq, limit: number): Promise<readonly Recorded[]> {
    return this.#open.reader.read(after, upTo, limit);
  }

  async messages(after: Seq, upTo: Seq, limit: number): Promise<readonly Recorded<MessageSent>[]> {
    return this.#open.reader.messages(after, upTo, limit);
  }

  async messagesBefore(before: Seq, limit: number): Promise<readonly Recorded<MessageSent>[]> {
    return (await this.#open.reader.newest(before, 1, limit)).reverse();
  }

  async search(query: SearchQuery): Promise<readonly Recorded<MessageSent>[]> {
    return this.#open.index.search(query);
  }

  async locate(epoch: string, place: Seq): Promise<Seq | undefined> {
    const { file, state } = this.#open;
    const known = file.db.prepare('SELECT id FROM epochs WHERE epoch = ?').get(epoch);
    if (known === undefined) return undefined;
    const next = file.db
      .prepare('SELECT first_seq FROM epochs WHERE id > ? ORDER BY id LIMIT 1')
      .get(Number(known.id));
    return Math.min(place, next === undefined ? state.now.head : Number(next.first_seq) - 1);
  }

  async sessionOf(resumeKey: string): Promise<KnownSession | undefined> {
    return this.#open.reader.sessionOf(resumeKey);
  }

  get kept(): Kept {
    const { messagesFrom, presenceFrom } = this.#open.state.now;
    return { events: Math.max(messagesFrom, presenceFrom), messages: messagesFrom };
  }

  async close(): Promise<void> {
    this.#recorder.close();
    if (this.#opened?.file.db.isOpen !== true) return;
    this.#opened.housekeeping.close();
    this.#opened.file.close();
  }

  get #open(): Opened {
    if (this.#opened === undefined) throw new Error('the room log is not open');
    return this.#opened;
  }

  #begin(file: RoomFile): OpenedRoomLog {
    const { db } = file;
    const state = new RoomState(db);
    const reader = new Reader(db);
    const index = new SearchIndex(db, state, reader);
    const retention = new Retention(db, state, reader, this.options);
    const present = reader.present();
    const { head, at } = state.now;
    const lastSession = reader.lastSession();
    this.#recorder.restore({ head, at, present, refs: reader.refs() });
    const epoch = beginEpoch(db, head);
    const housekeeping = new Housekeeping(retention, index);
    this.#opened = { file, state, reader, writer: new Writer(db, state), index, housekeeping };
    housekeeping.review();
    return { head, epoch, lastSession, present };
  }

  #requireFile(file: RoomFile): void {
    const now = performance.now();
    if (!this.#isGone && now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    this.#isGone = !file.isInPlace;
    if (this.#isGone)
      throw new Error('room.db was deleted or replaced while the server runs: start it again');
  }

  #write(batch: readonly Recorded[]): void {
    if (this.#opened === undefined) throw new Refusal('NOT_RECORDED');
    const { file, writer } = this.#opened;
    try {
      this.#requireFile(file);
      writer.write(batch);
    } catch (error) {
      // Once is enough to wait for another program's lock: nothing else happens in this process meanwhile.
      if (!this.#isFailing) file.patient = false;
      this.#isFailing = true;
      this.#trouble.begins(error);
      throw toRefusal(error);
    }
    if (this.#isFailing) file.patient = true;
    this.#isFailing = false;
    this.#trouble.isOver();
    this.#opened.housekeeping.onCommit();
  }
}

/** How often it is looked whether the file is still there, in milliseconds. */
const LOOK_MS = 1000;

/** Names the stretch that begins after `head`. */
function beginEpoch(db: DatabaseSync, head: Seq): string {
  const epoch = randomBytes(9).toString('base64url');
  db.prepare('INSERT INTO epochs (epoch, first_seq) VALUES (?, ?)').run(epoch, head + 1);
  return epoch;
}
