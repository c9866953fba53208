import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AgeClock } from '../../application/server/age-clock.js';
import { StoreBusy } from '../../application/server/failures.js';
import type { EventStore, Kept, KnownSession, StoredRoom } from '../../application/server/room-log-ports.js';
import type { Logger } from '../../application/server/service-ports.js';
import type { HistorySize } from '../../application/server-status.js';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import type { SearchQuery } from '../../domain/message-search.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import { checkpoint } from './changes-file.js';
import { FailureReport } from './failure-report.js';
import { sizeOfFiles } from './file-size.js';
import { FileWatch } from './file-watch.js';
import { reportFound } from './found-files.js';
import { giveBack } from './free-pages.js';
import { Housekeeping } from './housekeeping.js';
import { OwnerShares } from './owner-shares.js';
import { Reader } from './reader.js';
import { Retention, type RetentionLimits } from './retention.js';
import { isBusy, type OpenDatabase, RoomFile, toFailure, toRefusal } from './room-file.js';
import { RoomState } from './room-state.js';
import { SearchIndex } from './search-index.js';
import { Writer } from './writer.js';

export interface SqliteOptions extends RetentionLimits {
  /** Where `room.db` and `room.lock` are; created when it is missing. */
  readonly folder: string;
  /** Whether a power cut may lose the last moments (`normal`; `locate` shows it) or nothing (`full`). */
  readonly synchronous: 'normal' | 'full';
  /** Told when nothing can be recorded, why, and when that is over. */
  readonly logger?: Pick<Logger, 'error' | 'warn' | 'info'>;
}

/** The parts of an open store. */
interface Opened {
  readonly file: RoomFile;
  readonly watch: FileWatch;
  readonly state: RoomState;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly index: SearchIndex;
  readonly retention: Retention;
  readonly housekeeping: Housekeeping;
}

/**
 * Keeps the room in a SQLite file. A batch is one transaction, in this thread; indexing and retention follow later, in
 * slices. After `close` it can be neither read nor written.
 */
export class SqliteEventStore implements EventStore {
  #opened: Opened | undefined;
  readonly #report: FailureReport;
  #isFailing = false;

  constructor(
    private readonly options: SqliteOptions,
    private readonly openDatabase?: OpenDatabase,
  ) {
    this.#report = new FailureReport(options.logger);
  }

  async open(): Promise<StoredRoom> {
    const { folder, synchronous } = this.options;
    const file = RoomFile.open(folder, synchronous, this.openDatabase);
    try {
      reportFound(file.found, this.options.logger);
      return this.#begin(file);
    } catch (error) {
      if (this.#opened !== undefined) rest(this.#opened);
      file.close();
      this.#opened = undefined;
      throw toFailure(error, join(folder, 'room.db'));
    }
  }

  begin(room: Pick<StoredRoom, 'head' | 'at' | 'present'>): void {
    try {
      this.#open.writer.begin(room);
    } catch (error) {
      throw toRefusal(error);
    }
  }

  messageAt(seq: Seq): Recorded<MessageSent> | undefined {
    return this.#open.reader.messageAt(seq);
  }

  erase(seq: Seq): Recorded<MessageSent> | undefined {
    if (this.#opened === undefined) throw new Refusal('NOT_RECORDED');
    try {
      this.#opened.watch.require();
      const message = this.#opened.reader.messageAt(seq);
      if (message !== undefined) {
        this.#opened.retention.erase(message);
        this.#forgetChanges(this.#opened);
      }
      return message;
    } catch (error) {
      throw toRefusal(error);
    }
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

  async locate(epoch: string, seq: Seq): Promise<Seq | undefined> {
    const { reader, state } = this.#open;
    return reader.locate(epoch, seq, state.now.head);
  }

  async sessionOf(resumeKey: string): Promise<KnownSession | undefined> {
    return this.#open.reader.sessionOf(resumeKey);
  }

  get kept(): Kept {
    return this.#open.state.kept;
  }

  get size(): HistorySize {
    const { maxMessages: messagesLimit, maxBytes: bytesLimit } = this.options;
    if (this.#opened === undefined) return { messages: 0, bytes: 0, messagesLimit, bytesLimit };
    const { file, retention } = this.#opened;
    return { ...retention.total, messagesLimit, bytesLimit, ...sizeOfFiles(file.path) };
  }

  /** Called when the limits are other ones. */
  review(): void {
    if (this.#opened?.file.db.isOpen === true) this.#opened.housekeeping.onLimits();
  }

  async close(): Promise<void> {
    if (this.#opened?.file.db.isOpen !== true) return;
    const { file, watch, state } = this.#opened;
    try {
      if (!watch.hasLost()) state.close();
    } catch {
      // The next start finds it as after a crash, and loses nothing.
    } finally {
      rest(this.#opened);
      file.close();
    }
  }

  get #open(): Opened {
    if (this.#opened === undefined) throw new Error('the event store is not open');
    return this.#opened;
  }

  #begin(file: RoomFile): StoredRoom {
    const { db } = file;
    giveBack(db);
    const state = new RoomState(db);
    const reader = new Reader(db);
    const index = new SearchIndex(db, state, reader);
    const shares = new OwnerShares(db, state);
    const retention = new Retention(db, state, reader, shares, this.options, index);
    const { head, at } = state.now;
    const stored = {
      head,
      at,
      lastSession: reader.lastSession(),
      present: reader.present(),
      refs: this.#refs(reader),
    };
    const epoch = randomBytes(9).toString('base64url');
    const begin = db.prepare('INSERT INTO epochs (epoch, first_seq) VALUES (?, ?)');
    state.update(() => begin.run(epoch, head + 1));
    // What people copy without asking is then at least everything that was there at the start.
    checkpoint(db, 'TRUNCATE');
    const writer = new Writer(db, state, shares);
    const watch = new FileWatch(file, this.#report);
    const housekeeping = new Housekeeping(
      shares,
      retention,
      index,
      new AgeClock(at, this.options.logger),
      () => checkpoint(db, 'PASSIVE'),
      () => watch.areSound(),
    );
    this.#opened = { file, watch, state, reader, writer, index, retention, housekeeping };
    housekeeping.review();
    return { ...stored, epoch };
  }

  /** They are read after `open`, and can still show that the file is damaged. @throws {RoomLogFailure} */
  *#refs(reader: Reader): Generator<{ session: SessionId; ref: string; seq: Seq }> {
    try {
      yield* reader.refs();
    } catch (error) {
      throw toFailure(error, join(this.options.folder, 'room.db'));
    }
  }

  /** What was erased goes out of the file of changes as well, unless another program reads it just now. */
  #forgetChanges({ file }: Opened): void {
    file.patient = false;
    checkpoint(file.db, 'TRUNCATE');
    file.patient = !this.#isFailing;
  }

  write(batch: readonly Recorded[]): void {
    if (this.#opened === undefined) throw new Refusal('NOT_RECORDED');
    const { file, watch, writer } = this.#opened;
    try {
      watch.require();
      writer.write(batch);
      watch.require();
    } catch (error) {
      // Wait for another program's lock only once: it blocks the whole process.
      if (!this.#isFailing) file.patient = false;
      this.#isFailing = true;
      if (isBusy(error)) {
        this.#report.locked(error);
        throw new StoreBusy('another program has locked the history', { cause: error });
      }
      this.#report.begins(error);
      throw toRefusal(error);
    }
    if (this.#isFailing) file.patient = true;
    this.#isFailing = false;
    this.#report.isOver();
    this.#opened.housekeeping.onCommit();
  }
}

/** Ends what goes on by itself. */
function rest({ housekeeping, watch }: Opened): void {
  housekeeping.close();
  watch.close();
}
