import type { Duplex } from 'node:stream';
import type { Welcome } from '../../../application/chat-response.js';
import type { EndReason, Outlet } from '../../../application/server/ports.js';
import type { MessageSent, Recorded, Seq } from '../../../domain/events.js';
import type { Refusal } from '../../../domain/refusal.js';
import { basicFormat, encodeJoined, WELCOME } from '../../wire/basic-form.js';
import type { Form } from '../../wire/commands.js';
import {
  encodeAccepted,
  encodeDelayed,
  encodeMemos,
  encodePong,
  encodeUsers,
  encodeWelcome,
  extendedFormat,
} from '../../wire/extended-form.js';
import { basicNotices, extendedNotices, type NoticeCode } from '../../wire/notice.js';

/** Most bytes of a connection's unread responses that are held in this process before it is dropped. */
export const MAX_BACKLOG_BYTES = 256 * 1024;

/**
 * How long a peer may take to read its last lines, in milliseconds; then the connection is cut. Who was too slow is
 * slow to read that as well, and holds little by then: a batch of the shared log at most, which others share.
 */
const END_TIMEOUT_MS = 2000;
const TOO_SLOW_END_TIMEOUT_MS = 30_000;

const NOTHING = Buffer.alloc(0);

const WORDS = {
  basic: { format: basicFormat, notices: basicNotices },
  extended: { format: extendedFormat, notices: extendedNotices },
};

/** Sends responses to one connection: the answers to its own commands, and as an Outlet what others said. */
export class ResponseWriter implements Outlet {
  /** The form in which the other end has joined, or wants to. */
  form: Form = 'basic';
  place: Seq = 0;
  #ended = false;

  /**
   * @param onEnd told once, and never during a call to this writer: who ends an outlet may be in the middle
   *   of telling other members, and must not be told of a leave meanwhile
   */
  constructor(
    private readonly duplex: Duplex,
    private readonly onEnd: (reason: EndReason | NoticeCode) => void,
    private readonly maxBacklogBytes: number = MAX_BACKLOG_BYTES,
  ) {}

  get format() {
    return WORDS[this.form].format;
  }

  get backlog(): number {
    return this.duplex.writableLength;
  }

  get ended(): boolean {
    return this.#ended || this.duplex.destroyed;
  }

  write(bytes: Uint8Array): void {
    if (!this.ended) this.duplex.write(bytes);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    if (this.ended || pieces.length === 0) return;
    this.duplex.cork();
    for (const piece of pieces) this.duplex.write(piece);
    this.duplex.uncork();
  }

  whenTaken(listener: () => void): void {
    // A write of nothing is done when all before it is. `drain` would not do: it comes only after a full buffer.
    if (this.#ended || !this.duplex.writable) setImmediate(listener);
    else this.duplex.write(NOTHING, listener);
  }

  joined(username: string, welcome?: Welcome): void {
    this.#answer(welcome === undefined ? encodeJoined(username) : encodeWelcome(username, WELCOME, welcome));
  }

  refused(refusal: Refusal, to: { username?: string; ref?: string }): void {
    this.#answer(WORDS[this.form].notices.refusal(refusal, to));
  }

  accepted(ref: string, { seq, at }: Recorded): void {
    this.#answer(encodeAccepted(ref, seq, at));
  }

  pong(id: number): void {
    this.#answer(encodePong(id));
  }

  /** Tells an extended session that it is read later. */
  delayed(ms: number): void {
    if (this.form === 'extended') this.#answer(encodeDelayed(Math.ceil(ms)));
  }

  users(ref: string | undefined, users: readonly string[], away: ReadonlySet<string>): void {
    this.#answer(encodeUsers(ref, users, away));
  }

  memos(
    type: 'History' | 'Found',
    ref: string | undefined,
    messages: readonly Recorded<MessageSent>[],
  ): void {
    this.#answer(encodeMemos(type, ref, messages));
  }

  end(reason: EndReason | NoticeCode): void {
    if (this.#ended) return;
    this.#ended = true;
    const lastWord = reason === 'LEFT' ? undefined : WORDS[this.form].notices.end(reason, this.place);
    if (!this.duplex.destroyed) {
      const patience = reason === 'TOO_SLOW' ? TOO_SLOW_END_TIMEOUT_MS : END_TIMEOUT_MS;
      const cut = setTimeout(() => this.duplex.destroy(), patience);
      this.duplex.once('close', () => clearTimeout(cut));
      this.duplex.end(lastWord);
    }
    queueMicrotask(() => this.onEnd(reason));
  }

  /** Answers are bounded like everything else: who asks without reading is too slow as well. */
  #answer(line: string): void {
    if (this.#ended) return;
    if (this.backlog > this.maxBacklogBytes) this.end('TOO_SLOW');
    else this.duplex.write(line);
  }
}
