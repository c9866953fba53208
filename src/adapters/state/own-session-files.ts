import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ServerAddress } from '../../application/chat-request.js';
import { newSession } from '../../application/client/own-session.js';
import type {
  OtherProgram,
  OwnSession,
  OwnSessions,
  ReadingPlace,
  SavedSession,
} from '../../application/client/ports.js';
import { usernameKey } from '../../domain/name-key.js';
import { writeWhole } from '../files/whole-file.js';
import { ProgramLock } from './program-lock.js';

/** How often the place in the conversation is written down at most, in milliseconds. */
const WRITE_MS = 1000;

/** Somebody who was away for longer begins with the last messages, rather than read all that was missed, in milliseconds. */
const PLACE_IS_GOOD_FOR_MS = 24 * 60 * 60 * 1000;

/** Connections that one program may count before another goes on counting, where the clock was set back. */
const ATTEMPTS_OF_A_PROGRAM = 1_000_000;

/** Addresses of the machine itself are one server. */
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i;

/**
 * A person's sessions as files that only they can read: for each address and name one with the resume token, and while a
 * program speaks under the name, one beside it with the program's number. On this machine: others have other files. Where a room has several
 * addresses, the session is in the files of all: who names one of them finds it, and is noticed.
 */
export class OwnSessionFiles implements OwnSessions {
  readonly #servers: readonly ServerAddress[];

  /** @param servers addresses of one room */
  constructor(
    private readonly folder: string,
    ...servers: readonly ServerAddress[]
  ) {
    this.#servers = servers;
  }

  async claim(username: string, takesOver = false): Promise<OwnSession | OtherProgram> {
    // In one order, so that of two programs that want some of the same one gets all of them.
    const names = new Set(this.#servers.map(server => nameOf(server, username)).sort());
    const files = Array.from(names, name => new SessionFile(join(this.folder, name)));
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      return takeAll(files, takesOver) ?? new OwnSessionFile(files);
    } catch {
      // A folder that cannot be written, or none at all: then it is as if nobody had been here before.
      return newSession();
    }
  }
}

/** All of the locks, or none: answers with the program that has one. @throws {Error} of node:fs */
function takeAll(files: readonly SessionFile[], takesOver: boolean): OtherProgram | undefined {
  const taken: SessionFile[] = [];
  let other: OtherProgram | undefined;
  try {
    for (const file of files) {
      other = file.lock.take(takesOver);
      if (other !== undefined) break;
      taken.push(file);
    }
    return other;
  } finally {
    if (taken.length < files.length) for (const { lock } of taken) lock.free();
  }
}

function nameOf({ host, port }: ServerAddress, username: string): string {
  const machine = LOOPBACK.test(host) ? 'localhost' : host.toLowerCase();
  const identity = JSON.stringify([hostname(), machine, port, usernameKey(username)]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/** What is written down, as it is in the file. */
interface Saved extends ReadingPlace {
  readonly token: string;
  /** From where this program counts. */
  readonly attempt: number;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}

/** The file for one address, and its lock. */
class SessionFile {
  readonly lock: ProgramLock;
  readonly #path: string;

  constructor(path: string) {
    this.#path = `${path}.json`;
    this.lock = new ProgramLock(`${path}.lock`);
  }

  /** What it says, as far as it is what it should be. */
  read(): Partial<Saved> {
    return read(this.#path);
  }

  write(saved: Saved): void {
    try {
      writeWhole(this.#path, JSON.stringify(saved), false);
    } catch {
      // A full disk: the place is not known as exactly then, or not at all.
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

class OwnSessionFile implements OwnSession {
  readonly saved: SavedSession;
  #place: ReadingPlace;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(private readonly files: readonly SessionFile[]) {
    const all = files.map(file => file.read());
    const newest = all.reduce((a, b) => ((b.at ?? 0) > (a.at ?? 0) ? b : a), {});
    const { token = newSession().saved.token, at = 0, since, epoch } = newest;
    const isRecent = Math.abs(Date.now() - at) < PLACE_IS_GOOD_FOR_MS;
    this.#place = isRecent && since !== undefined && epoch !== undefined ? { since, epoch } : {};
    this.saved = { token, attempt: nextAttempt(token, all), ...this.#place };
    this.#write();
  }

  readTo(epoch: string, since: number): void {
    this.#place = { epoch, since };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, WRITE_MS).unref();
  }

  forget(): void {
    this.#end(file => file.remove());
  }

  release(): void {
    this.#end(file => file.write(this.#now));
  }

  /** Another program that took over has its own things in these files. */
  #end(last: (file: SessionFile) => void): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#isOver = true;
    this.#each(file => {
      last(file);
      file.lock.free();
    });
  }

  #write(): void {
    this.#each(file => file.write(this.#now));
  }

  #each(act: (file: SessionFile) => void): void {
    for (const file of this.files)
      try {
        if (file.lock.isOurs) act(file);
      } catch {
        // What lies there then is taken for what a program left that was killed.
      }
  }

  get #now(): Saved {
    const { token, attempt } = this.saved;
    return { token, attempt, at: Date.now(), ...this.#place };
  }
}

/**
 * Where a program begins to count that takes a session up. The time is higher than what any has counted to, also one that knows the
 * session by another address, whose file is not looked at now.
 */
function nextAttempt(token: string, files: readonly Partial<Saved>[]): number {
  const counted = files.flatMap(saved => (saved.token === token ? (saved.attempt ?? []) : []));
  if (counted.length === 0) return 0;
  const [now, highest] = [Date.now(), Math.max(...counted)];
  return now > highest ? now : highest + ATTEMPTS_OF_A_PROGRAM;
}

/** What a file says, as far as it is what it should be. */
function read(path: string): Partial<Saved> {
  try {
    const { token, attempt, at, since, epoch }: Record<string, unknown> = JSON.parse(
      readFileSync(path, 'utf8'),
    );
    if (typeof token !== 'string' || !isWhole(attempt) || !isWhole(at)) return {};
    const place = isWhole(since) && typeof epoch === 'string' ? { since, epoch } : {};
    return { token, attempt, at, ...place };
  } catch {
    return {};
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
