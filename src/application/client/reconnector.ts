import { Backoff } from './backoff.js';
import type { ClientEvent, Outage } from './client-event.js';
import type { Connector } from './connector.js';
import { OutageNews } from './outage-news.js';
import { type Disconnection, disconnectionOf, isAboutServer, type Outcome, outcomeAfter } from './outcome.js';

/** A connection that held so long was a good one, in milliseconds. */
const STABLE_MS = 10_000;

/** How long a name that is not to be had any more is asked for, in milliseconds. */
const NAME_PATIENCE_MS = 120_000;

/** How long somebody who has not been in yet waits for a name, before asking again, in milliseconds, more or less. */
const NAME_WAIT_MS = 250;

/** A server that has said that it stops is expected back: for so long the waits stay as short, in milliseconds. */
const EXPECTED_FOR_MS = 30_000;
const EXPECTED_WAIT_MS = 2000;

/** What is not worth a line where another address is tried at once: what comes of that is. */
const PASSED_OVER: readonly Outage['code'][] = [
  'LOST',
  'NO_SIGN_OF_LIFE',
  'SERVER_STOPPING',
  'NOT_REACHED',
  'OTHER_KEY',
  'NO_ANSWER',
  'NOT_CHATTY',
  'CROWDED',
];

export interface ReconnectorOptions {
  /** How long to try, in milliseconds: for ever when absent, never when 0. */
  readonly retryForMs?: number;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/** What a reconnector has to know of the membership that it works for. */
export interface ReconnectorOwner {
  show(event: ClientEvent): void;
  readonly username: string;
  readonly unsent: number;
  readonly isInside: boolean;
  readonly hasJoined: boolean;
  readonly isOver: boolean;
}

/** Attempts to get into the room again, with a wait before each. */
export class Reconnector {
  readonly #backoff: Backoff;
  /** By `performance.now()`; never, until the first Joined. */
  #joinedAt = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #goOn: () => void = () => {};

  constructor(
    private readonly connector: Pick<Connector, 'again' | 'route'>,
    private readonly owner: ReconnectorOwner,
    private readonly options: ReconnectorOptions,
  ) {
    this.#backoff = new Backoff(options.random);
  }

  /** It is in the room. */
  joined(): void {
    this.#joinedAt = performance.now();
  }

  /** The connection is gone. After a good one, the next waits are short again. */
  lost(): void {
    if (performance.now() - this.#joinedAt < STABLE_MS) return;
    this.#backoff.reset();
    this.connector.route.reset();
  }

  /** Waits no longer before the next attempt. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#goOn();
  }

  /** Makes no further attempt. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /**
   * Resolves to nothing when it is in the room again, to an end when that will not be.
   * @param inVain the end when the time is up, where the last attempt has none
   */
  async reconnect(
    first: Disconnection,
    retryForMs: number = this.options.retryForMs ?? Number.POSITIVE_INFINITY,
    inVain: Outcome = first.end ?? outcomeAfter(first.outage),
  ): Promise<Outcome | undefined> {
    const since = performance.now();
    const news = new OutageNews();
    let disconnection = first;
    let unwantedSince = Number.POSITIVE_INFINITY;
    while (!this.owner.isOver) {
      const leftMs = retryForMs - (performance.now() - since);
      if (leftMs <= 0) return disconnection.end ?? inVain;
      const isFresh = isAboutServer(disconnection) && this.connector.route.moveOn(disconnection.retryAfterMs);
      const isExpected =
        first.outage.code === 'SERVER_STOPPING' && performance.now() - since < EXPECTED_FOR_MS;
      const inMs = isFresh ? 0 : Math.min(this.#waitAfter(disconnection, isExpected), leftMs);
      this.#tell(disconnection.outage, inMs, news, isFresh);
      await this.#wait(inMs);
      const failed = await this.#tryOnce(leftMs - inMs);
      if (failed === undefined) return undefined;
      disconnection = failed;
      if (disconnection.end?.type === 'REPLACED') return disconnection.end;
      const now = performance.now();
      unwantedSince =
        disconnection.end === undefined ? Number.POSITIVE_INFINITY : Math.min(unwantedSince, now);
      if (now - unwantedSince >= NAME_PATIENCE_MS) return disconnection.end;
    }
    return { type: 'LEFT' };
  }

  /** A name may be free at any moment, and to ask for it costs a server next to nothing. */
  #waitAfter({ outage }: Disconnection, isExpected: boolean): number {
    const { random = Math.random } = this.options;
    return outage.code === 'NAME_TAKEN' && !this.owner.hasJoined
      ? NAME_WAIT_MS * (0.5 + random())
      : this.connector.route.waitMs + this.#backoff.next(isExpected ? EXPECTED_WAIT_MS : undefined);
  }

  /** @param isFresh whether an address comes next that was not tried in this round */
  #tell(outage: Outage, inMs: number, news: OutageNews, isFresh: boolean): void {
    const { unsent } = this.owner;
    const { address } = this.connector.route;
    const isNews = !(isFresh && PASSED_OVER.includes(outage.code)) && news.isNews(outage, inMs);
    this.owner.show({ type: 'Reconnecting', outage, inMs, unsent, isNews, ...(address && { address }) });
  }

  /** One attempt, that takes no longer than this; resolves to nothing when it succeeds. */
  async #tryOnce(milliseconds: number): Promise<Disconnection | undefined> {
    const late = Promise.withResolvers<{ readonly type: 'NO_ANSWER' }>();
    const timer = Number.isFinite(milliseconds)
      ? setTimeout(() => late.resolve({ type: 'NO_ANSWER' }), Math.max(0, milliseconds))
      : undefined;
    const answer = await Promise.race([this.connector.again(), late.promise]);
    clearTimeout(timer);
    return answer.type === 'JOINED' || this.owner.isInside
      ? undefined
      : disconnectionOf(answer, this.owner.username);
  }

  #wait(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#goOn = resolve;
      this.#timer = setTimeout(resolve, ms);
    });
  }
}
