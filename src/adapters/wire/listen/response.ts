import type { Welcome } from '../../../application/chat-response.js';
import type { Challenge } from '../../../application/join-proof.js';
import type { Answer } from '../../../application/server/answer-request.js';
import type { EndReason, Outlet } from '../../../application/server/broadcast-ports.js';
import { Meter } from '../../../application/server/meter.js';
import type { MessageSent, Recorded, Seq } from '../../../domain/events.js';
import type { Refusal, RefusalDetails } from '../../../domain/refusal.js';
import { basicFormat, encodeJoined, WELCOME } from '../basic-form.js';
import type { Form } from '../commands.js';
import {
  encodeAccepted,
  encodeAnswer,
  encodeChallenge,
  encodeDelayed,
  encodePong,
  encodeWelcome,
  extendedFormat,
} from '../extended-form.js';
import { basicNotices, extendedNotices, type NoticeCode } from '../notice.js';
import type { Channel } from './channel.js';
import { ownerOf } from './origins.js';

/**
 * Milliseconds in which a peer must read its last lines before the connection is cut. A peer that was too slow is slow
 * to read them as well, and costs little: at most a batch of the shared log, which others share.
 */
const END_TIMEOUT_MS = 2000;
const TOO_SLOW_END_TIMEOUT_MS = 30_000;

const WORDS = {
  basic: { format: basicFormat, notices: basicNotices },
  extended: { format: extendedFormat, notices: extendedNotices },
};

/** Writes the responses of one connection: answers to its own commands, and as an Outlet the events of the room. */
export class ResponseWriter implements Outlet {
  /** The form of the wire that the client has chosen. */
  form: Form = 'basic';
  lastSeq: Seq = 0;
  #ended = false;
  #owner: { readonly is: string | undefined } | undefined;

  /**
   * @param limits most bytes of unread responses that are held in this process before it is ended
   * @param onEnd called once, and never during a call to this writer: the code that ends an outlet may be in the middle
   *   of telling other members, and must not be told of a leave meanwhile
   */
  constructor(
    private readonly channel: Channel,
    private readonly limits: { readonly maxBacklogBytes: number },
    private readonly onEnd: (reason: EndReason | NoticeCode) => void,
    private readonly meter: Meter = new Meter(),
  ) {}

  get owner(): string | undefined {
    this.#owner ??= { is: ownerOf(this.channel.address) };
    return this.#owner.is;
  }

  get address(): string | undefined {
    return this.channel.address;
  }

  get format() {
    return WORDS[this.form].format;
  }

  get backlog(): number {
    return this.channel.backlog;
  }

  get ended(): boolean {
    return this.#ended || this.channel.isDown;
  }

  write(bytes: Uint8Array): void {
    if (!this.ended) this.channel.write(bytes);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    if (!this.ended && pieces.length > 0) this.channel.writeAll(pieces);
  }

  whenTaken(listener: () => void): void {
    if (this.#ended) setImmediate(listener);
    else this.channel.whenTaken(listener);
  }

  joined(username: string, welcome?: Welcome): void {
    if (welcome?.resumed === true) this.meter.resumed++;
    if (welcome?.gap !== undefined) this.meter.gaps++;
    this.#answer(welcome === undefined ? encodeJoined(username) : encodeWelcome(username, WELCOME, welcome));
  }

  challenge(challenge: Challenge): void {
    this.#answer(encodeChallenge(challenge));
  }

  refused(refusal: Refusal, to: { username?: string; ref?: string }): void {
    this.meter.refuse(refusal.code);
    this.#answer(WORDS[this.form].notices.refusal(refusal, to));
  }

  accepted(ref: string, { seq, at }: Recorded): void {
    this.#answer(encodeAccepted(ref, seq, at));
  }

  pong(id: number): void {
    this.#answer(encodePong(id));
  }

  /** Tells an extended session that its commands are read later. */
  delayed(ms: number): void {
    if (this.form === 'extended') this.#answer(encodeDelayed(Math.ceil(ms)));
  }

  /** Earlier messages, which follow a Joined. */
  history(messages: readonly Recorded<MessageSent>[]): void {
    this.answer(undefined, { type: 'History', messages });
  }

  answer(ref: string | undefined, answer: Answer): void {
    this.#answer(encodeAnswer(ref, answer));
  }

  /** @param withinMs how long the peer may take to read it */
  end(
    reason: EndReason | NoticeCode,
    about?: RefusalDetails,
    withinMs = reason === 'TOO_SLOW' ? TOO_SLOW_END_TIMEOUT_MS : END_TIMEOUT_MS,
  ): void {
    if (this.#ended) return;
    this.#ended = true;
    const lastWord =
      reason === 'LEFT' ? undefined : WORDS[this.form].notices.end(reason, this.lastSeq, about);
    this.channel.end(lastWord, withinMs, reason);
    queueMicrotask(() => this.onEnd(reason));
  }

  /** Answers are bounded too: a client that asks without reading is too slow as well. */
  #answer(line: string): void {
    if (this.#ended) return;
    if (this.backlog <= this.limits.maxBacklogBytes) this.channel.write(line);
    else {
      this.meter.limits.add('max-backlog-bytes');
      this.end('TOO_SLOW');
    }
  }
}
