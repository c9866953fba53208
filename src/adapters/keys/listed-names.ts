import { statSync } from 'node:fs';
import { RoomLogFailure } from '../../application/server/failures.js';
import type { Claim, NameClaims } from '../../application/server/name-ports.js';
import type { Logger } from '../../application/server/service-ports.js';
import { Members } from '../../domain/members.js';
import { Refusal } from '../../domain/refusal.js';
import { Username } from '../../domain/username.js';
import { readRegular } from '../files/regular-file.js';
import { keyInLine } from './other-keys.js';

/** Some ten thousand of the longest keys, or a hundred thousand of the usual. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A claim, numbered so that Members can find it. */
type Numbered = Claim & { readonly id: number };

/** What a file says, and of when that is. */
interface List {
  readonly claims: Members<Numbered>;
  readonly stamp: string;
}

/** Lines of the list that the operator is told of at once. */
const MAX_TOLD = 20;
const USELESS =
  'these lines of the list of names let nobody in: a line has a key of OpenSSH (ssh-ed25519 AAAA...), and behind it a name that is allowed';
const EMPTY =
  'nobody can join: no line of the list of names has a key of OpenSSH, and behind it a name that is allowed';

/** Names of a file of the operator's: lines as in `authorized_keys`, whose comment is the name. Read again when it changes. */
export class ListedNames implements NameClaims {
  readonly isComplete = true;
  #claims = new Members<Numbered>(({ id }) => id);
  #readAt = '';

  constructor(
    private file: string,
    private readonly logger?: Pick<Logger, 'warn'>,
  ) {}

  async open(): Promise<void> {
    this.prepare(this.file)();
  }

  /** Reads another list, or the same again; what is returned makes it the one that holds. @throws {RoomLogFailure} NO_LIST */
  prepare(file: string): () => void {
    try {
      const list = this.#read(file);
      return () => this.#take(file, list);
    } catch (cause) {
      throw new RoomLogFailure('NO_LIST', file, { cause });
    }
  }

  async ownerOf(username: string): Promise<Claim | undefined> {
    return this.#now.named(username);
  }

  async resembling(username: string): Promise<Claim | undefined> {
    return this.#now.resembling(username);
  }

  async claim(username: string): Promise<Claim | undefined> {
    const claim = await this.ownerOf(username);
    if (claim === undefined) throw new Refusal('NAME_UNLISTED');
    return claim;
  }

  async touch(): Promise<void> {}

  async addKey(): Promise<Claim> {
    throw new Refusal('KEY_LISTED');
  }

  async removeKey(): Promise<Claim> {
    throw new Refusal('KEY_LISTED');
  }

  async close(): Promise<void> {}

  /** A file that cannot be read any more changes nothing. */
  get #now(): Members<Numbered> {
    try {
      if (stampOf(this.file) !== this.#readAt) this.#take(this.file, this.#read(this.file));
    } catch (err) {
      if (this.#readAt !== 'unreadable')
        this.logger?.warn({ err }, 'the list of names cannot be read: the one before holds');
      this.#readAt = 'unreadable';
    }
    return this.#claims;
  }

  #take(file: string, { claims, stamp }: List): void {
    this.file = file;
    this.#claims = claims;
    this.#readAt = stamp;
  }

  #read(file: string): List {
    const stamp = stampOf(file);
    const claims = new Members<Numbered>(({ id }) => id);
    const useless: number[] = [];
    for (const [id, line] of readRegular(file, MAX_BYTES).split('\n').entries()) {
      if (/^\s*(?:#|$)/.test(line)) continue;
      const { key, comment: username = '' } = keyInLine(line) ?? {};
      if (key === undefined || !isName(username)) useless.push(id + 1);
      else {
        const before = claims.named(username);
        if (before !== undefined) claims.remove(before.id);
        claims.restore({ id, username, keys: [...(before?.keys ?? []), key], claimedAt: 0, usedAt: 0 });
      }
    }
    if (useless.length > 0 || claims.size === 0)
      this.logger?.warn({ lines: useless.slice(0, MAX_TOLD) }, claims.size === 0 ? EMPTY : USELESS);
    return { claims, stamp };
  }
}

/** Whether it is one that a server lets in. */
function isName(text: string): boolean {
  try {
    Username.parse(text, Number.POSITIVE_INFINITY);
    return true;
  } catch {
    return false;
  }
}

function stampOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file);
  return [mtimeMs, size, ino].join(' ');
}
