import { randomBytes } from 'node:crypto';
import { AgeClock } from '../../application/server/age-clock.js';
import { FairShares, type Quantity } from '../../application/server/fair-shares.js';
import type { EventStore, Kept, KnownSession, StoredRoom } from '../../application/server/room-log-ports.js';
import type { Logger } from '../../application/server/service-ports.js';
import type { MessageSent, Recorded, Seq, UserJoined, UserLeft } from '../../domain/events.js';
import { matcherOf, type SearchQuery } from '../../domain/message-search.js';
import { EventWindow } from './event-window.js';
import { KnownSessions } from './known-sessions.js';

/** How much is kept; beyond any of these, something is removed. */
export interface MemoryLimits {
  readonly maxMessages: number;
  /** Most joins and leaves. */
  readonly maxPresence: number;
  /** Milliseconds. */
  readonly maxAgeMs: number;
  /** Most bytes of messages, roughly: two for each UTF-16 unit, and 200 for each message. */
  readonly maxBytes: number;
}

/** How often old events are removed while nothing is written, in milliseconds. */
const AGE_CHECK_MS = 3_600_000;
/** Messages that a search checks in one turn of the event loop: about 2 ms. */
const SEARCH_WINDOW = 1000;
const MESSAGE_BYTES = 200;

/** Keeps the newest events in the memory of this process. After `close` it can still be read. */
export class MemoryEventStore implements EventStore {
  readonly #epoch = randomBytes(9).toString('base64url');
  readonly #messages = new EventWindow<MessageSent>();
  readonly #presence = new EventWindow<UserJoined | UserLeft>();
  readonly #sessions = new KnownSessions();
  readonly #ageCheck: NodeJS.Timeout;
  readonly #clock: AgeClock;
  readonly #shares = new FairShares();
  /** The messages of each owner: those that were removed are missing in the other window only. */
  readonly #byOwner = new Map<string, EventWindow<MessageSent>>();
  #head: Seq = 0;
  /** Every message from this sequence number on is kept. */
  #allFrom: Seq = 1;
  #presenceFrom: Seq = 1;

  constructor(
    private readonly limits: MemoryLimits,
    logger?: Pick<Logger, 'warn'>,
  ) {
    this.#clock = new AgeClock(0, logger);
    this.#ageCheck = setInterval(() => this.#forgetOld(this.#clock.now()), AGE_CHECK_MS).unref();
  }

  async open(): Promise<StoredRoom> {
    return { head: 0, at: 0, epoch: this.#epoch, lastSession: 0, present: [], refs: [] };
  }

  begin({ head, present }: Pick<StoredRoom, 'head' | 'present'>): void {
    this.#head = head;
    this.#allFrom = this.#presenceFrom = head + 1;
    for (const known of present) this.#sessions.join(known);
  }

  messageAt(seq: Seq): Recorded<MessageSent> | undefined {
    return this.#messages.at(seq);
  }

  erase(seq: Seq): Recorded<MessageSent> | undefined {
    const event = this.#messages.at(seq);
    if (event !== undefined) this.#remove(event);
    return event;
  }

  async read(after: Seq, upTo: Seq, limit: number): Promise<readonly Recorded[]> {
    const messages = this.#messages.between(after + 1, upTo, limit);
    const presence = this.#presence.between(after + 1, upTo, limit);
    return [...messages, ...presence].sort((one, other) => one.seq - other.seq).slice(0, limit);
  }

  async messages(after: Seq, upTo: Seq, limit: number): Promise<readonly Recorded<MessageSent>[]> {
    return this.#messages.between(after + 1, upTo, limit);
  }

  async messagesBefore(before: Seq, limit: number): Promise<readonly Recorded<MessageSent>[]> {
    return this.#messages.before(before, limit);
  }

  async search(query: SearchQuery): Promise<readonly Recorded<MessageSent>[]> {
    const matches = matcherOf(query);
    const found: Recorded<MessageSent>[] = [];
    let before = Math.min(query.before ?? Number.POSITIVE_INFINITY, this.#head + 1);
    while (found.length < query.limit) {
      const page = this.#messages.before(before, SEARCH_WINDOW);
      found.push(...page.filter(matches).reverse());
      const oldest = page[0];
      if (oldest === undefined) break;
      before = oldest.seq;
      await new Promise(resolve => setImmediate(resolve));
    }
    return found.slice(0, query.limit);
  }

  async locate(epoch: string, seq: Seq): Promise<Seq | undefined> {
    return epoch === this.#epoch ? Math.min(seq, this.#head) : undefined;
  }

  async sessionOf(resumeKey: string): Promise<KnownSession | undefined> {
    return this.#sessions.withKey(resumeKey);
  }

  get kept(): Kept {
    const events = Math.max(this.#allFrom, this.#presenceFrom);
    return { events, messages: this.#messagesFrom, allMessages: this.#allFrom };
  }

  get size() {
    const { maxMessages: messagesLimit, maxBytes: bytesLimit } = this.limits;
    return { ...this.#shares.total, messagesLimit, bytesLimit };
  }

  async close(): Promise<void> {
    clearInterval(this.#ageCheck);
  }

  write(batch: readonly Recorded[]): void {
    for (const event of batch) {
      this.#head = event.seq;
      if (event.type === 'MessageSent') {
        this.#say(event);
      } else if (event.type === 'UserJoined') {
        this.#join(event);
      } else {
        const { ended: _, ...left } = event;
        this.#presence.push(left);
        this.#sessions.leave(left.session, left.seq);
      }
    }
    this.review();
  }

  /** Removes what exceeds the limits, which may be other ones than before. */
  review(): void {
    this.#forgetExcess('messages', this.limits.maxMessages);
    this.#forgetExcess('bytes', this.limits.maxBytes);
    while (this.#presence.size > this.limits.maxPresence) this.#forgetPresence();
    this.#forgetOld(this.#clock.now());
  }

  #join({ resumeKey, key, ...event }: Recorded<UserJoined>): void {
    const { session, username } = event;
    this.#presence.push(event);
    this.#sessions.join({
      session,
      username,
      ...(resumeKey !== undefined && { resumeKey }),
      ...(key !== undefined && { key }),
    });
  }

  /** None is kept before it. */
  get #messagesFrom(): Seq {
    return Math.min(this.#messages.oldest?.seq ?? this.#allFrom, this.#allFrom);
  }

  #say(event: Recorded<MessageSent>): void {
    const owner = ownerOf(event);
    this.#messages.push(event);
    this.#shares.add(owner, 1, bytesOf(event));
    const own = this.#byOwner.get(owner) ?? new EventWindow<MessageSent>();
    own.push(event);
    this.#byOwner.set(owner, own);
  }

  /** Of whoever has most, the oldest: see FairShares. */
  #forgetExcess(quantity: Quantity, most: number): void {
    while (this.#shares.total[quantity] > most) {
      const largest = this.#shares.largest(quantity);
      let spare = Math.min(largest.spare, this.#shares.total[quantity] - most);
      do {
        const { oldest } = this.#messages;
        if (oldest === undefined) return;
        const isFair = this.#shares.isAmongLargest(ownerOf(oldest), quantity, largest);
        const event = isFair ? oldest : this.#byOwner.get(largest.owner)?.oldest;
        if (event === undefined) return;
        this.#forgetMessage(event);
        spare -= quantity === 'messages' ? 1 : bytesOf(event);
      } while (spare > 0);
    }
  }

  #forgetMessage(event: Recorded<MessageSent>): void {
    this.#remove(event);
    this.#allFrom = Math.max(this.#allFrom, event.seq + 1);
  }

  #remove(event: Recorded<MessageSent>): void {
    const owner = ownerOf(event);
    this.#messages.remove(event.seq);
    this.#byOwner.get(owner)?.remove(event.seq);
    this.#shares.add(owner, -1, -bytesOf(event));
    if (this.#shares.of(owner).messages === 0) this.#byOwner.delete(owner);
  }

  #forgetPresence(): void {
    const event = this.#presence.shift();
    if (event !== undefined) this.#presenceFrom = event.seq + 1;
  }

  #forgetOld(now: number): void {
    const since = now - this.limits.maxAgeMs;
    for (
      let { oldest } = this.#messages;
      oldest !== undefined && oldest.at < since;
      { oldest } = this.#messages
    )
      this.#forgetMessage(oldest);
    while ((this.#presence.oldest?.at ?? now) < since) this.#forgetPresence();
    this.#sessions.forgetLeftBefore(this.#messagesFrom);
  }
}

function ownerOf({ owner, username }: MessageSent): string {
  return owner ?? username;
}

function bytesOf({ content }: MessageSent): number {
  return MESSAGE_BYTES + content.length * 2;
}
