import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { RoomCopies } from '../../application/server/cluster/room-copies.js';
import { writeWhole } from '../files/whole-file.js';
import { attempt, openLock } from './room-file.js';
import { SqliteEventStore, type SqliteOptions } from './sqlite-event-store.js';

/** The file of a copy in which its epoch is. */
const EPOCH = 'epoch';

/** Copies of a room, each in a folder of its own that is called as its journal, with a file of SQLite in it. */
export class SqliteRoomCopies implements RoomCopies {
  readonly #stores = new Set<SqliteEventStore>();
  #lock: DatabaseSync | undefined;

  /**
   * @param options those of each copy; `folder` is that of all
   * @param dataDir of the server: what else is there (its keys, the socket for commands) is one server's as well. Nothing
   *   where there is nothing else
   */
  constructor(
    private readonly options: SqliteOptions,
    private readonly dataDir?: string,
  ) {}

  open(): void {
    const { dataDir } = this;
    if (dataDir === undefined) return;
    attempt(dataDir, () => mkdirSync(dataDir, { recursive: true, mode: 0o700 }));
    this.#lock = openLock(join(dataDir, 'room.lock'));
  }

  close(): void {
    this.#lock?.close();
    this.#lock = undefined;
  }

  list(): readonly string[] {
    try {
      return readdirSync(this.options.folder);
    } catch {
      return [];
    }
  }

  pathOf(journal: string): string {
    return join(this.options.folder, journal);
  }

  epochOf(journal: string): string | undefined {
    try {
      return readFileSync(join(this.pathOf(journal), EPOCH), 'utf8');
    } catch {
      return undefined;
    }
  }

  note(journal: string, epoch: string): void {
    if (epoch === this.epochOf(journal)) return;
    const path = join(this.pathOf(journal), EPOCH);
    attempt(path, () => writeWhole(path, epoch));
  }

  store(journal: string): SqliteEventStore {
    // The limits can change while the server runs: they are looked at in the options themselves.
    const options: SqliteOptions = Object.create(this.options, { folder: { value: this.pathOf(journal) } });
    const store = new SqliteEventStore(options);
    this.#stores.add(store);
    return store;
  }

  discard(journal: string): void {
    const path = this.pathOf(journal);
    attempt(path, () => rmSync(path, { recursive: true, force: true }));
  }

  /** Called when the limits are other ones. */
  review(): void {
    for (const store of this.#stores) store.review();
  }
}
