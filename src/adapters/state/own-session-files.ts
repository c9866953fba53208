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

/** Connections that one program may count before another goes on counting. */
const ATTEMPTS_OF_A_PROGRAM = 1_000_000;

/** Addresses of the machine itself are one server. */
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i;

/**
 * A person's sessions as files that only they can read: for each server and name one with the resume token, and while a
 * program speaks under the name, one beside it with the program's number. On this machine: others have other files.
 */
export class OwnSessionFiles implements OwnSessions {
  constructor(
    private readonly folder: string,
    private readonly server: ServerAddress,
  ) {}

  async claim(username: string, takesOver = false): Promise<OwnSession | OtherProgram> {
    const path = join(this.folder, this.#nameOf(username));
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const lock = new ProgramLock(`${path}.lock`);
      return lock.take(takesOver) ?? new OwnSessionFile(`${path}.json`, lock);
    } catch {
      // A folder that cannot be written, or none at all: then it is as if nobody had been here before.
      return newSession();
    }
  }

  #nameOf(username: string): string {
    const { host, port } = this.server;
    const machine = LOOPBACK.test(host) ? 'localhost' : host.toLowerCase();
    const identity = JSON.stringify([hostname(), machine, port, usernameKey(username)]);
    return createHash('sha256').update(identity).digest('hex').slice(0, 32);
  }
}

/** What is written down, as it is in the file. */
interface Saved extends ReadingPlace {
  readonly token: string;
  readonly attempt: number;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}

class OwnSessionFile implements OwnSession {
  readonly saved: SavedSession;
  #place: ReadingPlace;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    private readonly path: string,
    private readonly lock: ProgramLock,
  ) {
    const { token = newSession().saved.token, attempt = 0, at = 0, since, epoch } = read(path);
    const isRecent = Math.abs(Date.now() - at) < PLACE_IS_GOOD_FOR_MS;
    this.#place = isRecent && since !== undefined && epoch !== undefined ? { since, epoch } : {};
    this.saved = { token, attempt, ...this.#place };
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
    this.#end(() => rmSync(this.path, { force: true }));
  }

  release(): void {
    this.#end(() => this.#write());
  }

  /** Another program that took over has its own things in these files. */
  #end(last: () => void): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#isOver = true;
    try {
      if (!this.lock.isOurs) return;
      last();
      this.lock.free();
    } catch {
      // What lies there then is taken for what a program left that was killed.
    }
  }

  #write(): void {
    const { token, attempt } = this.saved;
    const saved: Saved = { token, attempt: attempt + ATTEMPTS_OF_A_PROGRAM, at: Date.now(), ...this.#place };
    try {
      if (this.lock.isOurs) writeWhole(this.path, JSON.stringify(saved), false);
    } catch {
      // A full disk: the place is not known as exactly then, or not at all.
    }
  }
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
