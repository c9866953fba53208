import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AgeClock } from '../../application/server/age-clock.js';
import { StoreBusy } from '../../application/server/failures.js';
import type { EventStore, Kept, KnownSession, Logger, StoredRoom } from '../../application/server/ports.js';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import type { SearchQuery } from '../../domain/message-search.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import { FailureReport } from './failure-report.js';
import { FileGuard, type Tampering } from './file-guard.js';
import { reportFound } from './found-files.js';
import { giveBack } from './free-pages.js';
import { Housekeeping } from './housekeeping.js';
import { OwnerShares } from './owner-shares.js';
import { Reader } from './reader.js';
import { Retention, type RetentionLimits } from './retention.js';
import { isBusy, type OpenDatabase, RoomFile, toFailure, toRefusal } from './room-file.js';
import { RoomState } from './room-state.js';
import { pragma } from './schema.js';
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
  readonly guard: FileGuard;
  readonly watch: NodeJS.Timeout;
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
  #busySince: number | undefined;

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
      file.close();
      this.#opened = undefined;
      throw toFailure(error, join(folder, 'room.db'));
    }
  }

  messageAt(seq: Seq): Recorded<MessageSent> | undefined {
    return this.#open.reader.messageAt(seq);
  }

  erase(seq: Seq): Recorded<MessageSent> | undefined {
    if (this.#opened === undefined) throw new Refusal('NOT_RECORDED');
    const message = this.#opened.reader.messageAt(seq);
    try {
      if (message !== undefined) this.#opened.retention.erase(message);
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
    const { file, state } = this.#open;
    const known = file.db.prepare('SELECT id FROM epochs WHERE epoch = ?').get(epoch);
    if (known === undefined) return undefined;
    const next = file.db
      .prepare('SELECT first_seq FROM epochs WHERE id > ? ORDER BY id LIMIT 1')
      .get(Number(known.id));
    return Math.min(seq, next === undefined ? state.now.head : Number(next.first_seq) - 1);
  }

  async sessionOf(resumeKey: string): Promise<KnownSession | undefined> {
    return this.#open.reader.sessionOf(resumeKey);
  }

  get kept(): Kept {
    const { messagesFrom, allFrom, presenceFrom } = this.#open.state.now;
    return { events: Math.max(allFrom, presenceFrom), messages: messagesFrom, allMessages: allFrom };
  }

  async close(): Promise<void> {
    if (this.#opened?.file.db.isOpen !== true) return;
    const { file, guard, housekeeping, state, watch } = this.#opened;
    clearInterval(watch);
    guard.close();
    housekeeping.close();
    try {
      state.close();
    } catch {
      // The next start finds it as after a crash, and loses nothing.
    } finally {
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
    state.update(() => {
      db.prepare('INSERT INTO epochs (epoch, first_seq) VALUES (?, ?)').run(epoch, head + 1);
    });
    // What people copy without asking is then at least everything that was there at the start.
    checkpoint(db, 'TRUNCATE');
    const housekeeping = new Housekeeping(
      shares,
      retention,
      index,
      new AgeClock(at, this.options.logger),
      () => checkpoint(db, 'PASSIVE'),
    );
    housekeeping.review();
    const guard = new FileGuard(file.path, () => pragma(db, 'page_count') * pragma(db, 'page_size'));
    const watch = setInterval(() => this.#watch(opened), WATCH_MS).unref();
    const opened = {
      file,
      guard,
      watch,
      state,
      reader,
      writer: new Writer(db, state, shares),
      index,
      retention,
      housekeeping,
    };
    this.#opened = opened;
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

  /** @throws what is wrong with the files; then nothing that is written is sure to be there later */
  #requireFiles({ file, guard }: Opened): void {
    const found = guard.look();
    if (found === undefined) return;
    if (found === 'CHANGES') checkpoint(file.db, 'FULL');
    throw new Error(TAMPERED[found]);
  }

  /** Looks after the files while nobody says anything. */
  #watch(opened: Opened): void {
    try {
      this.#requireFiles(opened);
    } catch (error) {
      this.#report.begins(error);
    }
  }

  /** A lock of a moment is nothing to report. */
  #busy(error: unknown): StoreBusy {
    this.#busySince ??= performance.now();
    if (performance.now() - this.#busySince > REPORTED_BUSY_MS) this.#report.begins(error);
    return new StoreBusy('another program has locked the history', { cause: error });
  }

  write(batch: readonly Recorded[]): void {
    if (this.#opened === undefined) throw new Refusal('NOT_RECORDED');
    const { file, writer } = this.#opened;
    try {
      this.#requireFiles(this.#opened);
      writer.write(batch);
      this.#requireFiles(this.#opened);
    } catch (error) {
      // Wait for another program's lock only once: it blocks the whole process.
      if (!this.#isFailing) file.patient = false;
      this.#isFailing = true;
      if (isBusy(error)) throw this.#busy(error);
      this.#report.begins(error);
      throw toRefusal(error);
    }
    if (this.#isFailing) file.patient = true;
    this.#isFailing = false;
    this.#busySince = undefined;
    this.#report.isOver();
    this.#opened.housekeeping.onCommit();
  }
}

/** How long another program's lock may last before the operator is told, in milliseconds. */
const REPORTED_BUSY_MS = 1000;

/** How often the files are looked at while nothing is recorded, in milliseconds. */
const WATCH_MS = 1000;

/** What the operator is told of files that are not what they were. */
const TAMPERED: Record<Tampering, string> = {
  DATABASE:
    'room.db was deleted, replaced or cut while the server runs: put it back, and start the server again',
  CHANGES:
    'room.db-wal was deleted, replaced or cut while the server runs: what it held is in room.db; start the server again',
};

/** Puts the changes into the database, if that can be done. Otherwise they stay where they are. */
function checkpoint(db: DatabaseSync, mode: 'PASSIVE' | 'FULL' | 'TRUNCATE'): void {
  try {
    db.exec(`PRAGMA wal_checkpoint(${mode})`);
  } catch {}
}
