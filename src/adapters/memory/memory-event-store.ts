import { randomBytes } from 'node:crypto';
import { AgeClock } from '../../application/server/age-clock.js';
import type { EventStore, Kept, KnownSession, Logger, StoredRoom } from '../../application/server/ports.js';
import type { MessageSent, Recorded, Seq, UserJoined, UserLeft } from '../../domain/events.js';
import { matcherOf, type SearchQuery } from '../../domain/message-search.js';
import type { SessionId } from '../../domain/session.js';
import { EventWindow } from './event-window.js';

/** How much is kept; beyond any of these, the oldest is removed. */
export interface MemoryLimits {
  readonly maxMessages: number;
  /** Most joins and leaves. */
  readonly maxPresence: number;
  /** Milliseconds. */
  readonly maxAgeMs: number;
  /** Most bytes of messages, roughly: two for each UTF-16 unit, and 200 for each message. */
  readonly maxBytes?: number;
}

/** How many sessions that have left are kept: the last to leave. */
const MAX_LEFT_SESSIONS = 10_000;
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
  readonly #byResumeKey = new Map<string, KnownSession>();
  readonly #inRoom = new Map<SessionId, KnownSession>();
  /** Sessions that have left and can be resumed, in the order in which they left, each with the `seq` of its leave. */
  readonly #left = new Map<SessionId, { readonly known: KnownSession; readonly seq: Seq }>();
  readonly #ageCheck: NodeJS.Timeout;
  readonly #clock: AgeClock;
  #head: Seq = 0;
  #bytes = 0;
  #messagesFrom: Seq = 1;
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

  messageAt(seq: Seq): Recorded<MessageSent> | undefined {
    return this.#messages.at(seq);
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
    return this.#byResumeKey.get(resumeKey);
  }

  get kept(): Kept {
    return { events: Math.max(this.#messagesFrom, this.#presenceFrom), messages: this.#messagesFrom };
  }

  async close(): Promise<void> {
    clearInterval(this.#ageCheck);
  }

  write(batch: readonly Recorded[]): void {
    for (const event of batch) {
      this.#head = event.seq;
      if (event.type === 'MessageSent') {
        this.#messages.push(event);
        this.#bytes += bytesOf(event);
      } else if (event.type === 'UserJoined') {
        this.#join(event);
      } else {
        this.#presence.push(event);
        this.#leave(event);
      }
    }
    const { maxMessages, maxPresence, maxBytes = Number.POSITIVE_INFINITY } = this.limits;
    while (this.#messages.size > maxMessages || this.#bytes > maxBytes) this.#forgetMessage();
    while (this.#presence.size > maxPresence) this.#forgetPresence();
    this.#forgetOld(this.#clock.now());
  }

  #join({ resumeKey, ...event }: Recorded<UserJoined>): void {
    const { session, username } = event;
    this.#presence.push(event);
    this.#forgetSession(session);
    const known = { session, username, ...(resumeKey !== undefined && { resumeKey }) };
    this.#inRoom.set(session, known);
    if (resumeKey !== undefined) this.#byResumeKey.set(resumeKey, known);
  }

  #leave({ session, seq }: Recorded<UserLeft>): void {
    const known = this.#inRoom.get(session);
    this.#inRoom.delete(session);
    if (known?.resumeKey !== undefined) this.#left.set(session, { known, seq });
    for (const oldest of this.#left.keys()) {
      if (this.#left.size <= MAX_LEFT_SESSIONS) return;
      this.#forgetSession(oldest);
    }
  }

  #forgetSession(session: SessionId): void {
    const resumeKey = this.#left.get(session)?.known.resumeKey;
    if (resumeKey === undefined) return;
    this.#left.delete(session);
    this.#byResumeKey.delete(resumeKey);
  }

  #forgetMessage(): void {
    const event = this.#messages.shift();
    if (event === undefined) return;
    this.#messagesFrom = event.seq + 1;
    this.#bytes -= bytesOf(event);
  }

  #forgetPresence(): void {
    const event = this.#presence.shift();
    if (event !== undefined) this.#presenceFrom = event.seq + 1;
  }

  #forgetOld(now: number): void {
    const since = now - this.limits.maxAgeMs;
    while ((this.#messages.oldest?.at ?? now) < since) this.#forgetMessage();
    while ((this.#presence.oldest?.at ?? now) < since) this.#forgetPresence();
    for (const [session, { seq }] of this.#left) {
      if (seq >= this.#messagesFrom) return;
      this.#forgetSession(session);
    }
  }
}

function bytesOf({ content }: MessageSent): number {
  return MESSAGE_BYTES + content.length * 2;
}
