import type { ChatRequest, OutgoingMessage } from '../chat-request.js';
import type { ChatMemo, ChatResponse, Welcome } from '../chat-response.js';
import { Backoff } from './backoff.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientEvent, Outage } from './client-event.js';
import { ClientSession } from './client-session.js';
import { Connector, type JoinIntent } from './connector.js';
import {
  type Disconnection,
  disconnectionAt,
  disconnectionOf,
  type Outcome,
  outcomeAfter,
  outcomeOf,
} from './outcome.js';
import type { Answer } from './pending-requests.js';
import type { LinkEnd, NewLink } from './ports.js';

/**
 * How a stay in the room ended. `unsent` says how many messages nobody has confirmed, `unsure` how many went out over
 * lines of the basic form that then broke, if there are any.
 */
export type MembershipOutcome = Outcome & { readonly unsent?: number; readonly unsure?: number };

export interface MembershipOptions {
  /** How many messages of before are wanted; none when absent. */
  readonly history?: number;
  /** How long to try to come back, in milliseconds: for ever when absent, never when 0. */
  readonly retryForMs?: number;
  /** How long a server may take to answer a Join, in milliseconds. */
  readonly joinTimeoutMs?: number;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/** A connection that held so long was a good one, in milliseconds: what comes after it begins with short waits. */
const STABLE_MS = 10_000;

/** How long a name that is not to be had any more is asked for on the way back, in milliseconds. */
const NAME_PATIENCE_MS = 120_000;

/** How long the line of somebody in a hurry may take to end after the Leave, in milliseconds. */
const HURRY_MS = 5000;

/** How long somebody who leaves while the connection is down tries to say so, in milliseconds. */
const LEAVE_MS = 5000;

/** A wait shorter than this, in milliseconds, is not worth a line, unless what is wrong is new. */
const LONG_WAIT_MS = 5000;

/**
 * Keeps one person in the room over as many connections as it takes: once they have joined it comes back by itself,
 * takes up the session, and says again what nobody has confirmed.
 */
export class Membership {
  readonly #over = Promise.withResolvers<MembershipOutcome>();
  readonly #session: ClientSession;
  readonly #backoff: Backoff;
  readonly #connector: Connector;
  #username = '';
  /** Through which one is in the room, while one is. */
  #connection: ClientConnection | undefined;
  #lost = Promise.withResolvers<Disconnection>();
  #hasJoined = false;
  #joinedAt = 0;
  #isLeaving = false;
  #isHurried = false;
  #hasLeft = false;
  #isOver = false;
  #toldTroubles = new Set<Outage['code']>();
  #toldWaitMs = LONG_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    newLink: NewLink,
    private readonly show: (event: ClientEvent) => void,
    private readonly options: MembershipOptions = {},
  ) {
    this.#backoff = new Backoff(options.random);
    this.#connector = new Connector(
      newLink,
      () => this.#introduce(),
      {
        onJoined: (connection, memo, welcome) => this.#onJoined(connection, memo, welcome),
        onResponse: (connection, response) => this.#onResponse(connection, response),
        onEnd: (connection, end) => this.#lose(connection, disconnectionAt(end), end),
      },
      options.joinTimeoutMs,
    );
    this.#session = new ClientSession({
      show,
      onSettled: () => this.#leaveIfDone(),
      onDead: connection => this.#lose(connection, { outage: { code: 'NO_SIGN_OF_LIFE' } }),
      onFault: error => this.#over.reject(error),
    });
  }

  /** Resolves at the end of the stay. @throws {ConnectFailure} when the server cannot be reached at the beginning */
  async stay(username: string): Promise<MembershipOutcome> {
    this.#username = username;
    try {
      return await Promise.race([this.#stay(), this.#over.promise]);
    } finally {
      this.close();
    }
  }

  /** Says something, now or when one is back; resolves when more may be said. */
  send(message: OutgoingMessage): Promise<void> {
    return this.#session.send(message);
  }

  /** How many messages nobody has confirmed. */
  get unsent(): number {
    return this.#session.unsent;
  }

  /** Whether what is said next has to wait until something is confirmed. */
  get isFull(): boolean {
    return this.#session.isFull;
  }

  request(request: ChatRequest): Promise<Answer> {
    return this.#session.request(request);
  }

  /** Leaves as soon as all that was said is confirmed. */
  leave(): void {
    this.#isLeaving = true;
    const { unsent } = this.#session;
    if (this.#connection === undefined && unsent > 0) this.show({ type: 'Leaving', unsent });
    this.#leaveIfDone();
  }

  /** Nobody is made to wait any more; and who is not in the room has left. */
  hurry(): void {
    this.#isHurried = true;
    this.#session.hurry();
    if (this.#connection === undefined) this.close();
  }

  /** Leaves at once, whatever is unsent. */
  leaveAtOnce(): void {
    this.hurry();
    if (this.#isOver) return;
    this.#sayLeave();
    this.#timer = setTimeout(() => this.close(), HURRY_MS);
  }

  /** Reads nothing until the promise resolves. */
  pauseUntil(ready: Promise<void>): void {
    this.#session.pauseUntil(ready);
  }

  /** Hangs up: what is not over is over now. Idempotent. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#leaving);
    this.#session.end(this.#hasLeft || this.#connection === undefined);
    this.#connection = undefined;
    this.#session.hurry();
    this.#connector.close();
    this.#over.resolve(this.#with({ type: 'LEFT' }));
  }

  async #stay(): Promise<MembershipOutcome> {
    const answer = await this.#connector.enter();
    if (answer.type !== 'JOINED') return this.#with(outcomeOf(answer, this.#username));
    for (;;) {
      const { outage, end } = await this.#lost.promise;
      const final = this.#isHurried ? ({ type: 'LEFT' } as const) : (end ?? (await this.#comeBack(outage)));
      if (final !== undefined) return this.#with(final);
    }
  }

  /** Tries until one is in the room again; resolves to an end when that will not be. */
  async #comeBack(first: Outage): Promise<Outcome | undefined> {
    const { retryForMs = Number.POSITIVE_INFINITY } = this.options;
    const since = performance.now();
    let disconnection: Disconnection = { outage: first };
    this.#toldTroubles = new Set();
    this.#toldWaitMs = LONG_WAIT_MS;
    let unwantedSince = Number.POSITIVE_INFINITY;
    while (!this.#isOver) {
      const leftMs = retryForMs - (performance.now() - since);
      if (leftMs <= 0) return disconnection.end ?? outcomeAfter(first);
      const inMs = Math.min(this.#backoff.next(), leftMs);
      this.show({
        type: 'Reconnecting',
        outage: disconnection.outage,
        inMs,
        unsent: this.#session.unsent,
        isNews: this.#isNews(disconnection.outage, inMs),
      });
      await this.#wait(inMs);
      const failed = await this.#tryAgain(leftMs - inMs);
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

  /** Not a line for each attempt: only what is wrong now and was not before, and waits that have grown long. */
  #isNews({ code }: Outage, inMs: number): boolean {
    const isNew = !this.#toldTroubles.has(code);
    if (!isNew && inMs < this.#toldWaitMs) return false;
    this.#toldTroubles.add(code);
    this.#toldWaitMs = Math.max(LONG_WAIT_MS, inMs * 2);
    return true;
  }

  /** One attempt to come back, that takes no longer than this; resolves to nothing when one is in the room. */
  async #tryAgain(milliseconds: number): Promise<Disconnection | undefined> {
    const late = Promise.withResolvers<{ readonly type: 'NO_ANSWER' }>();
    const timer = Number.isFinite(milliseconds)
      ? setTimeout(() => late.resolve({ type: 'NO_ANSWER' }), Math.max(0, milliseconds))
      : undefined;
    const answer = await Promise.race([this.#connector.again(), late.promise]);
    clearTimeout(timer);
    return answer.type === 'JOINED' || this.#connection !== undefined
      ? undefined
      : disconnectionOf(answer, this.#username);
  }

  #introduce(): JoinIntent {
    const history = this.#hasJoined ? 0 : (this.options.history ?? 0);
    return { username: this.#username, history, ...this.#session.bookmark };
  }

  #onJoined(connection: ClientConnection, memo: ChatMemo, welcome: Welcome | undefined): void {
    if (this.#connection !== undefined) {
      connection.close();
      return;
    }
    this.#connection = connection;
    // The server's word counts: it may know the name in another spelling.
    this.#username = memo.username;
    this.#joinedAt = performance.now();
    this.#lost = Promise.withResolvers();
    this.#session.begin(connection, welcome);
    if (this.#hasJoined) {
      const { resumed = false, gap, count } = welcome ?? {};
      const more = { ...(gap && { gap }), ...(count !== undefined && { count }) };
      this.show({ type: 'Back', extended: connection.isExtended, resumed, ...more });
    } else {
      const { users, count, maxMessageBytes } = welcome ?? {};
      const more = { ...(users && count && { users, count }), ...(maxMessageBytes && { maxMessageBytes }) };
      this.show({ type: 'Welcome', ...memo, ...more });
    }
    this.#hasJoined = true;
    queueMicrotask(() => this.#leaveIfDone());
  }

  #onResponse(connection: ClientConnection, response: ChatResponse): void {
    if (connection === this.#connection) this.#onResponseInside(connection, response);
    // A server that does not understand the first connection is asked again, and shown then.
    else if (response.type === 'Unknown' && !connection.isExtended)
      this.show({ type: 'UnknownResponse', text: response.text });
  }

  #onResponseInside(connection: ClientConnection, response: ChatResponse): void {
    if (response.type === 'Closing') this.#lose(connection, disconnectionAt(response.end, response.content));
    else this.#session.take(response);
  }

  /** One is not in the room any more. */
  #lose(connection: ClientConnection, disconnection: Disconnection, linkEnd?: LinkEnd): void {
    // In the basic form nothing but an orderly end tells that all has arrived.
    const isOrderly = connection.isExtended || linkEnd === 'CLOSED';
    connection.close();
    this.#connection = undefined;
    this.#session.end(isOrderly);
    if (performance.now() - this.#joinedAt >= STABLE_MS) this.#backoff.reset();
    const left = isOrderly ? { type: 'LEFT' as const } : outcomeAfter(disconnection.outage);
    const end = this.#hasLeft ? left : disconnection.end;
    this.#lost.resolve({ outage: disconnection.outage, ...(end && { end }) });
  }

  #leaveIfDone(): void {
    if (!this.#isLeaving || this.#session.unsent > 0) return;
    if (this.#connection !== undefined) this.#sayLeave();
    else this.#leaving ??= setTimeout(() => this.close(), LEAVE_MS);
  }

  #sayLeave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#session.leave();
  }

  #wait(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#timer = setTimeout(resolve, ms);
    });
  }

  #with(end: Outcome): MembershipOutcome {
    const { unsent, unsure } = this.#session;
    return { ...end, ...(unsent > 0 && { unsent }), ...(unsure > 0 && { unsure }) };
  }
}
