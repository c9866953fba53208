import type { Msg } from '@nats-io/transport-node';

/** How often a broker says that it has nothing to say, in milliseconds. */
export const HEARTBEAT_MS = 500;
/** After so many of them that did not come, another one is asked. */
const MISSED = 5;

export interface StoredMessage {
  readonly position: number;
  /** By the broker's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly subject: string;
  /** Only until the end of the call: its memory is used again. */
  readonly message: Msg;
  /** How many come after it, as the broker knew when it sent it. */
  readonly pending: number;
}

/** What is found out about a stream before it is read, by the broker that leads it. */
export interface Look {
  /** Why what was read is not what is there, as a part of a sentence. */
  readonly lost?: string;
  /** Where it ends. */
  readonly end: number;
  /** On how many brokers it is: whichever of them is read may not have all of it yet. */
  readonly replicas: number;
}

export interface Reading {
  readonly stream: string;
  readonly filter: string;
  readonly after: number;
  /** What was stored before this time is left out; in milliseconds since 1970. */
  readonly since?: number;
  /** Whether somebody waits until all is read that was there. */
  readonly isAwaited?: boolean;
  /** Looks whether what was read, up to `last`, is still what is there, before more is read. Rejects when it cannot be known now. */
  check(last: number): Promise<Look>;
  /** In order, each once; all that came together. */
  take(messages: readonly StoredMessage[]): void;
  /** Called when it has been looked, and from then on everything is read. */
  onReady?(): void;
  /** All that was there when it began is read. Called at least once. */
  onCaughtUp?(): void;
  /** Nothing follows. */
  onLost(reason: string): void;
}

/** What a delivery asks of who began it. */
interface DeliveryCalls {
  /** Says something to a subject. */
  answer(subject: string): void;
  /** It has to be begun again behind what was read. */
  again(): void;
  /** Everything up to there is told. */
  read(last: number): void;
}

/** What one consumer delivers, from its beginning to its end. */
export class Delivery {
  #taken = 0;
  #missed = 0;
  #isOver = false;
  #isCaughtUp = false;
  #batch: StoredMessage[] = [];

  constructor(
    private last: number,
    private readonly reader: Pick<Reading, 'take' | 'onCaughtUp'>,
    private readonly look: Pick<Look, 'end' | 'replicas'>,
    private readonly calls: DeliveryCalls,
  ) {}

  take(message: Msg): void {
    if (this.#isOver) return;
    this.#missed = 0;
    if (message.headers !== undefined && message.headers.code === 100) {
      this.#status(message);
      return;
    }
    const stored = storedOf(message);
    if (stored === undefined) return;
    const { delivered, position } = stored;
    if (delivered !== this.#taken + 1) {
      this.#restart();
      return;
    }
    this.#taken = delivered;
    if (position <= this.last) return;
    this.last = position;
    // All that one read of the socket brought is told at once.
    if (this.#batch.length === 0) queueMicrotask(() => this.#flush());
    this.#batch.push(stored);
  }

  tick(): void {
    if (++this.#missed > MISSED) this.#restart();
  }

  /** This broker has no more now. @param position up to which it has looked */
  hasNoMore(position = this.last): void {
    const { end, replicas } = this.look;
    if (this.#isCaughtUp || this.#isOver || (replicas > 1 && position < end)) return;
    this.#isCaughtUp = true;
    this.reader.onCaughtUp?.();
  }

  /** What has come is told, nothing more is taken. */
  end(): void {
    this.#flush();
    this.#isOver = true;
  }

  #restart(): void {
    this.end();
    this.calls.again();
  }

  /** A heartbeat, or a question how far we are. */
  #status(message: Msg): void {
    const stalled = message.headers?.get('Nats-Consumer-Stalled');
    // Without an answer it would send no more.
    if (stalled) this.calls.answer(stalled);
    if (message.reply) message.respond();
    const last = message.headers?.get('Nats-Last-Consumer');
    if (!last) return;
    if (Number(last) !== this.#taken) this.#restart();
    else if (this.#batch.length === 0) this.hasNoMore(Number(message.headers?.get('Nats-Last-Stream')));
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.calls.read(this.last);
    this.reader.take(batch);
    if (batch.at(-1)?.pending === 0) this.hasNoMore();
  }
}

/** Where a message is in its stream is in its reply: `$JS.ACK.[domain.account.]stream.consumer.tries.position.delivered.time.pending[.random]`. */
function storedOf(message: Msg): (StoredMessage & { readonly delivered: number }) | undefined {
  const parts = message.reply?.split('.') ?? [];
  if (parts.length < 9) return undefined;
  const from = parts.length > 9 ? 7 : 5;
  const [position, delivered, time = '', pending] = parts.slice(from, from + 4);
  return {
    position: Number(position),
    delivered: Number(delivered),
    at: Number(time.slice(0, -6)),
    pending: Number(pending),
    subject: message.subject,
    message,
  };
}
