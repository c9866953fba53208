import { type ChangedName, changesIn, isSameClaim } from '../../application/server/kept-claims.js';
import type { Claim, ClaimChanges, ClaimStore } from '../../application/server/name-ports.js';
import { usernameKey } from '../../domain/name-key.js';
import { follow, refusalOf } from './kept-follower.js';
import { type KeptChange, KeptRecords } from './kept-records.js';
import type { NatsConnection } from './nats-connection.js';
import type { StreamsOptions } from './room-streams.js';

/** What is kept under a key, as far as it is known here. */
interface Known {
  readonly username: string;
  /** Nothing when it was removed here, and the removal was not read yet. */
  readonly claim: Claim | undefined;
  readonly revision: number;
}

/**
 * Keeps the claims of a room beside its journal, for all of its servers: each claim a record, which is changed if it is still
 * the revision that was looked at. Here is a copy of all of them, which follows what others change.
 */
export class NatsClaimStore implements ClaimStore {
  readonly #records: KeptRecords;
  /** By the keys of the records. */
  readonly #known = new Map<string, Known>();
  /** What was changed since the last look. */
  #changed = new Map<string, ChangedName>();
  /** The last revision that was read. */
  #read = 0;
  /** Who waits until it is as high as that. */
  readonly #waiting = new Map<() => void, number>();
  #lost: string | undefined;
  #stop: (() => void) | undefined;

  constructor(
    private readonly connection: NatsConnection,
    options: StreamsOptions,
  ) {
    this.#records = new KeptRecords(connection, options);
  }

  async open(): Promise<readonly Claim[]> {
    const follower = {
      changed: ({ key, bytes, revision }: KeptChange) => {
        this.#read = revision;
        this.#take(key, bytes && claimIn(bytes), revision);
        // Whatever is read of it now came after that.
        const known = this.#known.get(key);
        if (known?.claim === undefined && known?.revision === revision) this.#known.delete(key);
        for (const [resolve, upTo] of this.#waiting) if (upTo <= revision) resolve();
      },
      lost: (reason: string) => {
        this.#lost = reason;
        this.#release();
      },
    };
    this.#stop = await follow(this.#records, 'claims.*', this.connection.place, follower);
    this.#changed.clear();
    return [...this.#known.values()].flatMap(({ claim }) => claim ?? []);
  }

  changed(): ClaimChanges | undefined {
    if (this.#lost !== undefined) throw new Error(`${this.connection.place}: ${this.#lost}`);
    const changed = this.#changed;
    if (changed.size === 0) return undefined;
    this.#changed = new Map();
    return changesIn(changed.values());
  }

  put(claim: Claim, before: Claim | undefined): Promise<boolean> {
    return this.#replace(claim.username, claim, before);
  }

  remove(claim: Claim): Promise<boolean> {
    return this.#replace(claim.username, undefined, claim);
  }

  async close(): Promise<void> {
    if (this.#stop === undefined) return;
    this.#stop();
    this.#stop = undefined;
    this.#release();
    await this.#records.close();
  }

  async #replace(username: string, claim: Claim | undefined, before: Claim | undefined): Promise<boolean> {
    const key = keyOf(username);
    const known = this.#known.get(key);
    if (!isSameClaim(known?.claim, before)) return false;
    try {
      if (this.#stop === undefined || this.#lost !== undefined) throw new Error('nothing is read any more');
      const expected = known?.claim === undefined ? 0 : known.revision;
      const revision =
        claim === undefined
          ? await this.#records.remove(key, expected)
          : await this.#records.put(key, encoded(claim), expected);
      if (revision === 'CHANGED') {
        // When it cannot be looked at now, it is the same at the next try.
        await this.#lookAt(key).catch(() => {});
        return false;
      }
      await this.#readUpTo(revision);
      // When nothing is read any more.
      if (revision > this.#read) this.#take(key, claim, revision);
      return true;
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** What others have kept before is known then: of names that look alike the first is to stay. */
  async #readUpTo(revision: number): Promise<void> {
    if (this.#read >= revision || this.#stop === undefined || this.#lost !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(resolve, revision);
    await promise;
    this.#waiting.delete(resolve);
  }

  #release(): void {
    for (const resolve of this.#waiting.keys()) resolve();
  }

  /** Somebody has changed it, of which nothing was read yet. */
  async #lookAt(key: string): Promise<void> {
    const known = this.#known.get(key);
    const found = await this.#records.get(key);
    if (found !== undefined) this.#take(key, claimIn(found.bytes), found.revision);
    else if (known !== undefined && this.#known.get(key) === known)
      this.#take(key, undefined, known.revision + 1); // or later
  }

  /** The newest of what is known of a key counts. */
  #take(key: string, claim: Claim | undefined, revision: number): void {
    const known = this.#known.get(key);
    if (known !== undefined && known.revision >= revision) return;
    const username = claim?.username ?? known?.username;
    if (username === undefined) return;
    this.#known.set(key, { username, claim, revision });
    this.#changed.delete(key); // it is the last one now
    this.#changed.set(key, { username, claim });
  }
}

/** The words of a key have no other characters. */
function keyOf(username: string): string {
  return `claims.${Buffer.from(usernameKey(username)).toString('base64url')}`;
}

function encoded({ username, keys, claimedAt, usedAt }: Claim): Uint8Array {
  return Buffer.from(JSON.stringify({ username, keys, claimedAt, usedAt }));
}

/** @throws {Error} when it is none */
function claimIn(bytes: Uint8Array): Claim {
  const { username, keys, claimedAt, usedAt } = JSON.parse(Buffer.from(bytes).toString());
  const isClaim =
    typeof username === 'string' &&
    Array.isArray(keys) &&
    keys.every(key => typeof key === 'string') &&
    Number.isSafeInteger(claimedAt) &&
    Number.isSafeInteger(usedAt);
  if (!isClaim) throw new TypeError('not a claim');
  return { username, keys, claimedAt, usedAt };
}
