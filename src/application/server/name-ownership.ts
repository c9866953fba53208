import { Refusal } from '../../domain/refusal.js';
import { knownInTime } from './known-in-time.js';
import type { Claim, NameClaims } from './name-ports.js';
import type { RefusedKeys } from './refused-keys.js';

/** Somebody in the room, or who was: a name, and the key with which it was proven. */
export interface Bearer {
  readonly username: string;
  readonly key?: string | undefined;
}

/** How often it is noted who is here, in milliseconds; and how many at a time, so that nobody waits for it. */
const HERE_MS = 3_600_000;
const HERE_AT_ONCE = 50;

/** Who may be in the room under which name, if names have owners. */
export class NameOwnership {
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param claims nothing where names belong to nobody
   * @param refused nothing where nobody can add a key by its code
   */
  constructor(
    readonly claims?: NameClaims,
    readonly refused?: RefusedKeys,
  ) {}

  /** Whether a key makes a difference. */
  get asksForKeys(): boolean {
    return this.claims !== undefined;
  }

  /** Called once, before everything else. @throws {RoomLogFailure} */
  async open(): Promise<void> {
    await this.claims?.open();
    this.refused?.open();
  }

  /**
   * Whether somebody is the owner of a name, which becomes theirs if it was nobody's. To be asked when the room keeps
   * the name for them, so that nobody else can have it meanwhile.
   * @param key that was proven
   * @param origin where they come from; nothing where that makes no difference
   * @throws {Refusal} NAME_CLAIMED, NAME_RESEMBLES; KEY_NEEDED or NAME_UNLISTED where a list says who may join
   */
  async admit(username: string, key?: string, origin?: string): Promise<boolean> {
    const { claims } = this;
    if (claims === undefined) return false;
    const claim = await this.#ownerOf(username);
    if (claim === undefined)
      return knownInTime(this.#admitNew(claims, username, key, origin), 'NOT_RECORDED');
    if (key === undefined || !claim.keys.includes(key)) throw this.#claimed(claim, key);
    await this.seen({ username, key });
    return true;
  }

  /** Whoever does not come in because this takes too long may own the name all the same, later. @throws {Refusal} NOT_RECORDED */
  async #ownerOf(username: string): Promise<Claim | undefined> {
    return this.claims && knownInTime(this.claims.ownerOf(username), 'NOT_RECORDED');
  }

  /** Whether a name is nobody's, or belongs to whoever has the key; nothing becomes theirs by that. */
  async isOpenTo({ username, key }: Bearer): Promise<boolean> {
    const claim = await this.#ownerOf(username);
    return claim === undefined || (key !== undefined && claim.keys.includes(key));
  }

  /**
   * Why somebody cannot have a name, whoever uses it at present: it is not theirs. Nothing when it could be. Their key is one
   * that was proven: its owner can let it in.
   */
  async objectionTo(bearer: Bearer): Promise<Refusal | undefined> {
    const claim = await this.#ownerOf(bearer.username);
    if (claim === undefined || (await this.isOpenTo(bearer))) return undefined;
    return this.#claimed(claim, bearer.key);
  }

  /** Whether somebody who was admitted would still be. */
  async isStanding({ username, key }: Bearer): Promise<boolean> {
    if (this.claims === undefined) return true;
    const claim = await this.#ownerOf(username);
    if (claim === undefined) return key === undefined && !this.claims.isComplete;
    return key !== undefined && claim.keys.includes(key);
  }

  /** Nobody loses their name while they are here, however long they stay; until `close`. */
  watch(present: () => Iterable<Bearer>): void {
    if (this.claims === undefined) return;
    this.#timer = setInterval(() => void this.#noteAll([...present()]), HERE_MS).unref();
  }

  /** The owner was here until now. Never rejects: at worst the claim expires a little earlier. */
  async seen({ username, key }: Bearer): Promise<void> {
    if (key === undefined || this.claims === undefined) return;
    await knownInTime(this.claims.touch(username), 'NOT_RECORDED').catch(() => {});
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.claims?.close();
  }

  /** Its owner can let the key in by its code. */
  #claimed({ username }: Claim, key: string | undefined): Refusal {
    const keyCode = key === undefined ? undefined : this.refused?.add(username, key);
    return new Refusal('NAME_CLAIMED', undefined, { ...(keyCode !== undefined && { keyCode }) });
  }

  async #noteAll(bearers: readonly Bearer[]): Promise<void> {
    for (let at = 0; at < bearers.length && this.#timer !== undefined; at += HERE_AT_ONCE) {
      for (const bearer of bearers.slice(at, at + HERE_AT_ONCE)) await this.seen(bearer);
      await new Promise(resolve => setTimeout(resolve, 0));
    }
  }

  async #admitNew(
    claims: NameClaims,
    username: string,
    key: string | undefined,
    origin: string | undefined,
  ): Promise<boolean> {
    if (key === undefined && claims.isComplete) throw new Refusal('KEY_NEEDED');
    const resembled = (await claims.resembling(username))?.username;
    if (resembled !== undefined) throw new Refusal('NAME_RESEMBLES', undefined, { resembled });
    if (key === undefined) return false;
    const claim = await claims.claim(username, key, origin);
    if (claim !== undefined && !claim.keys.includes(key)) throw this.#claimed(claim, key);
    return claim !== undefined;
  }
}
