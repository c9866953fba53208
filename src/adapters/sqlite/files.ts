import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ArchiveFailure } from '../../application/server/failures.js';

// What is done with whole files: drafts, which are complete before they get their name, and names that are free.

/** How file systems without hard links, such as that of most memory sticks, refuse to make one. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** How long somebody may work on a draft without changing it, in milliseconds. */
const DRAFT_MS = 3_600_000;

/** A name that nothing has yet: with the time, and a number if it is taken. */
export function freeName(beginning: string): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  const name = `${beginning}-${time}`;
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}-${n}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** Whether there is anything of this name, be it a link to nowhere. */
export function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Renames a file, but never onto another one. @throws {ArchiveFailure} EXISTS */
export function move(from: string, to: string, link = linkSync): void {
  try {
    link(from, to); // fails if it is there, as no rename does
  } catch (error) {
    if (isTaken(to)) throw new ArchiveFailure('EXISTS', to);
    if (!hasNoLinks(error)) throw error;
    renameSync(from, to);
    return;
  }
  rmSync(from);
}

/** Gives a file a second name, or makes a copy where a file can have only one. */
export function nameAlso(path: string, name: string, link = linkSync): void {
  try {
    link(path, name);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    copyFileSync(path, name, constants.COPYFILE_EXCL);
    sync(name);
  }
}

function hasNoLinks(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NO_LINKS.includes(String(error.code));
}

/**
 * Gives a new file to whom its folder belongs. The server of that folder runs as a user of its own: what root makes beside it,
 * as with a restore, would be closed to it. Only root can, and only then it matters.
 */
export function giveToOwner(path: string, isRoot = process.getuid?.() === 0, chown = chownSync): void {
  if (!isRoot) return;
  const { uid, gid } = statSync(dirname(path));
  if (uid !== 0) chown(path, uid, gid);
}

/** Waits until a file is on the disk. */
export function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Where this process may prepare a file. Removes what others left there that were killed. */
export function draftOf(file: string): string {
  const name = basename(file);
  for (const other of existsSync(dirname(file)) ? readdirSync(dirname(file)) : []) {
    const [, process] = (other.startsWith(name) && /^\.(\d+)\.part$/.exec(other.slice(name.length))) || [];
    const path = join(dirname(file), other);
    if (process !== undefined && !isRunning(Number(process)) && isOld(path)) discard(path);
  }
  return `${file}.${process.pid}.part`;
}

/** In another container of the same folder, processes are others. */
function isOld(path: string): boolean {
  return Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > DRAFT_MS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

export function discard(draft: string): void {
  rmSync(draft, { force: true });
  discardChanges(draft);
  rmSync(`${draft}-journal`, { force: true });
}

export function discardChanges(path: string): void {
  rmSync(`${path}-wal`, { force: true });
  rmSync(`${path}-shm`, { force: true });
}
