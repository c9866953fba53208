import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { freeName } from './files.js';
import { pragma } from './schema.js';

// A file of changes, as https://www.sqlite.org/walformat.html has it: a header, and frames of one page each.

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const FRAMES_READ = 128;
/** Its last bit says the byte order of checksums. */
const MAGIC = 0x377f0682;

/** How it begins: the first four bytes. */
export function isHeader(start: Buffer): boolean {
  return (start.readUInt32BE() & ~1) === MAGIC;
}

/** How long it is at least, by what SQLite knows of it. */
export function bytesOfChanges(db: DatabaseSync): number {
  // Says how many frames there are, and moves none of them.
  const frames = Number(db.prepare('PRAGMA wal_checkpoint(NOOP)').get()?.log);
  return frames === 0 ? 0 : HEADER_BYTES + frames * (FRAME_HEADER_BYTES + pragma(db, 'page_size'));
}

/** Puts the changes into the database, if that can be done. Otherwise they stay where they are. */
export function checkpoint(db: DatabaseSync, mode: 'PASSIVE' | 'FULL' | 'TRUNCATE'): void {
  try {
    db.exec(`PRAGMA wal_checkpoint(${mode})`);
  } catch {}
}

/** How a page of a table with one row begins, https://www.sqlite.org/fileformat2.html#b_tree_pages */
const LEAF = 0x0d;

/** Names a transaction, and the one before it: see `nextLink`. */
const LINK = /chatty-link:([0-9a-f]{24})-([0-9a-f]{24})$/;

/** What comes before the first transaction that has a name. */
const NONE = '0'.repeat(24);

/**
 * The value of the column `link` for the next transaction. Every transaction writes one, and so the file and its
 * changes can be told to belong together: the last transaction that is in the file is one of those in the changes, or
 * the one before the first of them. SQLite does not look at that: it would put any changes into any file.
 * @param last the value of the last transaction; empty if there is none
 * @param run twelve hexadecimal digits that are those of no other run
 */
export function nextLink(last: string, run: string, count: number): string {
  const before = LINK.exec(last)?.[2] ?? NONE;
  return `chatty-link:${before}-${run}${count.toString(16).padStart(12, '0')}`;
}

/**
 * Whether the changes beside a database belong to another one, or to an older or newer state of it, as when a copy was
 * put back by hand. Neither of them may be in use.
 */
export function hasForeignChanges(path: string): boolean {
  const changes = `${path}-wal`;
  if (!existsSync(changes) || statSync(changes).size <= HEADER_BYTES) return false;
  const known = readFile(changes, linksIn);
  if (known.links.size === 0) return false;
  const { pages, pageBytes } = known;
  const last = readFile(path, read =>
    [...pages]
      .map(page => linkOf(read((page - 1) * pageBytes, pageBytes))?.[1])
      .filter(link => link !== undefined),
  );
  return ![...last, ...(last.length === 0 ? [NONE] : [])].some(link => known.links.has(link));
}

/** Gives foreign changes a name under which SQLite does not find them. @returns that name, if there were any */
export function setForeignChangesAside(path: string): string | undefined {
  if (!hasForeignChanges(path)) return undefined;
  const name = freeName(`${path}-wal.stale`);
  renameSync(`${path}-wal`, name);
  rmSync(`${path}-shm`, { force: true }); // an index of it
  return name;
}

type Read = (offset: number, bytes: number) => Buffer;

function readFile<T>(path: string, work: (read: Read) => T): T {
  const file = openSync(path, 'r');
  try {
    return work((offset, bytes) => {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(file, buffer, 0, bytes, offset));
    });
  } finally {
    closeSync(file);
  }
}

/** The names of all transactions in a file of changes, and the pages on which they are: a VACUUM brings another one. */
function linksIn(read: Read): { links: Set<string>; pages: Set<number>; pageBytes: number } {
  const header = read(0, HEADER_BYTES);
  const links = new Set<string>();
  const pageBytes = header.readUInt32BE(8);
  const pages = new Set<number>();
  if (!isHeader(header) || pageBytes < 512 || pageBytes > 65_536) return { links, pages, pageBytes };
  const salts = header.subarray(16, 24);
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  for (const frame of framesIn(read, frameBytes)) {
    // What follows is left from the time before SQLite began the file anew.
    if (!frame.subarray(8, 16).equals(salts)) break;
    const found = linkOf(frame.subarray(FRAME_HEADER_BYTES));
    if (found === undefined) continue;
    pages.add(frame.readUInt32BE(0));
    for (const link of found) links.add(link);
  }
  return { links, pages, pageBytes };
}

/** Many are read at once: a server that was killed may have left a hundred thousand. */
function* framesIn(read: Read, frameBytes: number): Generator<Buffer> {
  const bytes = FRAMES_READ * frameBytes;
  for (let offset = HEADER_BYTES; ; offset += bytes) {
    const frames = read(offset, bytes);
    for (let at = 0; at + frameBytes <= frames.length; at += frameBytes)
      yield frames.subarray(at, at + frameBytes);
    if (frames.length < bytes) return;
  }
}

/** The names of two transactions, if this is the page of the table `state`: its row is the first, and the only one. */
function linkOf(page: Buffer): [before: string, last: string] | undefined {
  if (page.length < 512 || page[0] !== LEAF || page.readUInt16BE(3) !== 1) return undefined;
  const row = page.subarray(page.readUInt16BE(8));
  const [first = 0, second = 0] = row;
  const [size, start] = first < 0x80 ? [first, 1] : [((first & 0x7f) << 7) | second, 2];
  if (row[start] !== 1) return undefined;
  const [, before, last] = LINK.exec(row.subarray(start + 1, start + 1 + size).toString('latin1')) ?? [];
  return before === undefined || last === undefined ? undefined : [before, last];
}
