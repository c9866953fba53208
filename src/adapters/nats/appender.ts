import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node';
import type { JournalReader } from '../../application/server/cluster/journal.js';
import type { NatsConnection } from './nats-connection.js';

/** How often it is looked whether all is well, in milliseconds. */
const LOOK_MS = 250;
/** An entry of which nothing is heard for so long is taken for lost, in milliseconds. */
const ACK_MS = 2000;
/** After so long without success it is said that nothing can be appended, in milliseconds. */
const OBJECTION_MS = 1000;
/** Longest wait until it is tried again, in milliseconds. */
const MAX_WAIT_MS = 1000;
/** Where nothing is appended, it is looked so often whether it could be, in milliseconds. */
const PROBE_MS = 2000;
/** After so long everything is sent again that had failed, in milliseconds. */
const SETTLE_MS = 1000;
/** How long a full disk is believed to be full, though nothing is appended, in milliseconds. */
const FULL_MS = 5000;
/** What of the broker's words says that it has no space. */
const NO_SPACE = /resource|storage|space|maximum bytes/i;

type Objection = Parameters<JournalReader['objection']>[0];

/**
 * Sends entries, many at a time, and never waits for one: what becomes of them, the reader of the stream sees. Only what
 * goes wrong matters here: then nothing more is sent until all of it is appended again.
 */
export class Appender {
  readonly #inbox = createInbox();
  #acks: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #sent = 0;
  /** When each that was not acknowledged was sent, by `performance.now()`; the oldest first. */
  readonly #waiting = new Map<string, number>();
  #isSending = false;
  /** Since when nothing was acknowledged, though it should have been. */
  #failingSince: number | undefined;
  /** How many times in a row. */
  #failures = 0;
  /** When it was known last that the stream takes entries. */
  #takenAt = 0;
  #isProbing = false;
  /** When it was begun again to send. */
  #resumedAt = 0;
  #objection: Objection;
  #objectionAt = 0;
  /** When it was told last that there is no space. */
  #fullAt = 0;
  #onEmpty = () => {};

  constructor(
    private readonly connection: NatsConnection,
    private readonly subject: string,
    private readonly reader: Pick<JournalReader, 'appendAgain' | 'objection'>,
    /** Resolves when the stream takes entries, as far as can be known without one. */
    private readonly probe: () => Promise<unknown>,
  ) {}

  start(): void {
    this.#acks = this.connection.subscribe(`${this.#inbox}.*`, message => this.#acknowledge(message));
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
    this.#isSending = true;
    this.#takenAt = performance.now();
  }

  /** Since when no broker says that it takes entries, nor that it has no space for them; by `performance.now()`. */
  get outOfTouchSince(): number | undefined {
    return this.#objection === 'DISK_FULL' ? undefined : this.#failingSince;
  }

  append(text: string): void {
    if (!this.#isSending) return;
    const name = `${++this.#sent}`;
    this.#waiting.set(name, performance.now());
    try {
      this.connection.core.publish(this.subject, text, { reply: `${this.#inbox}.${name}` });
    } catch {
      // Longer than this broker takes, or the connection is being closed.
      this.#fail('NOT_RECORDED');
    }
  }

  /** What is on its way may be lost, and what comes is not sent: it would be dropped. */
  disconnected(): void {
    this.#stop();
    this.#failingSince ??= performance.now();
  }

  /** There is a connection, and the stream is what it was. */
  connected(): void {
    if (!this.#isSending && this.#again === undefined) this.#resume();
  }

  /** Resolves when everything is acknowledged that was sent. */
  settled(): Promise<void> {
    return new Promise(resolve => {
      this.#onEmpty = resolve;
      if (this.#waiting.size === 0) resolve();
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop();
    this.#onEmpty();
    this.#acks?.unsubscribe();
  }

  #stop(): void {
    this.#isSending = false;
    this.#waiting.clear();
    clearTimeout(this.#again);
    this.#again = undefined;
  }

  #acknowledge(message: Msg): void {
    const isOurs = this.#waiting.delete(message.subject.slice(this.#inbox.length + 1));
    const failure = failureOf(message);
    if (failure === undefined) this.#succeed();
    // Of those before the last failure nothing new is learnt.
    else if (isOurs) this.#fail(failure);
    if (this.#waiting.size === 0) this.#onEmpty();
  }

  #succeed(): void {
    this.#takenAt = performance.now();
    this.#failingSince = undefined;
    this.#failures = 0;
    this.#object(undefined);
  }

  #fail(objection: Exclude<Objection, undefined>): void {
    this.#stop();
    this.#failingSince ??= performance.now();
    if (objection === 'DISK_FULL') {
      this.#fullAt = performance.now();
      this.#object(objection);
    } else if (this.#objection === 'DISK_FULL' && performance.now() - this.#fullAt > FULL_MS) {
      // A broker whose disk was full stores nothing until it is started anew, also when there is space again.
      this.#failingSince = performance.now();
      this.#object(objection);
    }
    // All of it is sent again each time: of a broker that has no leader for long, not too often.
    const wait =
      objection === 'DISK_FULL' ? MAX_WAIT_MS : Math.min(LOOK_MS * 2 ** this.#failures++, MAX_WAIT_MS);
    this.#again = setTimeout(() => this.#resume(), wait);
    this.#again.unref();
  }

  #resume(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    // With the connection it comes back here.
    if (this.connection.since === undefined) return;
    this.#isSending = true;
    this.#resumedAt = performance.now();
    this.reader.appendAgain();
  }

  #object(objection: Objection): void {
    if (objection === this.#objection) return;
    this.#objection = objection;
    this.#objectionAt = performance.now();
    this.reader.objection(objection);
  }

  #look(): void {
    const now = performance.now();
    const [oldest = now] = this.#waiting.values();
    if (now - oldest > ACK_MS) this.#fail('NOT_RECORDED');
    const isFailing = this.#failingSince !== undefined;
    const failingMs = now - (this.#failingSince ?? now);
    if (failingMs > OBJECTION_MS && this.#objection === undefined) this.#object('NOT_RECORDED');
    // What has failed is sent again soon, and says more: a leader that has lost the others answers for a while as if it had not.
    const isSoon = this.#failures > 0 && now - this.#resumedAt < SETTLE_MS;
    const isDue = !isSoon && (isFailing || now - this.#takenAt > PROBE_MS);
    if (isDue && this.#isSending && this.#waiting.size === 0) void this.#try(now);
  }

  /**
   * Nothing is appended: perhaps because of the objection, which has to end without an acknowledgement, or because nobody
   * speaks, and then a broker that has lost the others is found out all the same.
   */
  async #try(now: number): Promise<void> {
    if (this.#isProbing || (this.#objection === 'DISK_FULL' && now - this.#objectionAt < FULL_MS)) return;
    this.#isProbing = true;
    const isIdle = () => this.#isSending && this.#waiting.size === 0;
    try {
      await this.probe();
      if (isIdle()) this.#succeed();
    } catch {
      if (isIdle()) this.#failingSince ??= performance.now();
    } finally {
      this.#isProbing = false;
    }
  }
}

/** Why the broker has not taken an entry. */
function failureOf(message: Msg): Exclude<Objection, undefined> | undefined {
  if (message.headers !== undefined && message.headers.code !== 0) return 'NOT_RECORDED';
  const { error } = parsed(message);
  if (error === undefined) return undefined;
  return NO_SPACE.test(error.description ?? '') ? 'DISK_FULL' : 'NOT_RECORDED';
}

/** What JetStream answers to a message that it was to take. */
export interface PubAck {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly code?: number; readonly err_code?: number; readonly description?: string };
}

export function parsed(message: Msg): PubAck {
  try {
    return message.json<PubAck>();
  } catch {
    return { error: { description: 'not an acknowledgement' } };
  }
}
