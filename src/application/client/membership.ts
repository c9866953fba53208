import type { ChatMemo, ChatResponse, Welcome } from '../chat-response.js';
import { Backoff } from './backoff.js';
import type { Contact } from './client-connection.js';
import type { ClientEvent, Trouble } from './client-event.js';
import { Exchange } from './client-session.js';
import { Entrance, type Introduction } from './connector.js';
import { type Ending, endAfter, endOf, type Setback, setbackOf } from './outcome.js';
import type { Answer } from './pending-requests.js';
import type { LinkEnd, NewLink, RoomLink } from './ports.js';

/**
 * How a stay in the room ended. `unsent` says how many messages nobody has confirmed, `unsure` how many went out over
 * lines of the basic form that then broke, if there are any.
 */
export type MembershipEnd = Ending & { readonly unsent?: number; readonly unsure?: number };

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

/** Ends that a client mends without a word from the server. */
const KNOWN_ENDS: Record<string, Trouble> = {
  TOO_SLOW: { code: 'BEHIND' },
  SILENT: { code: 'LOST' },
};

/**
 * Keeps one person in the room over as many connections as it takes: once they have joined it comes back by itself,
 * takes up the session, and says again what nobody has confirmed.
 */
export class Membership {
  readonly #over = Promise.withResolvers<MembershipEnd>();
  readonly #exchange: Exchange;
  readonly #backoff: Backoff;
  readonly #entrance: Entrance;
  #username = '';
  /** Through which one is in the room, while one is. */
  #contact: Contact | undefined;
  #lost = Promise.withResolvers<Setback>();
  #hasJoined = false;
  #joinedAt = 0;
  #isLeaving = false;
  #isHurried = false;
  #hasLeft = false;
  #isOver = false;
  #toldTroubles = new Set<Trouble['code']>();
  #toldWaitMs = LONG_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    newLink: NewLink,
    private readonly show: (sight: ClientEvent) => void,
    private readonly options: MembershipOptions = {},
  ) {
    this.#backoff = new Backoff(options.random);
    this.#entrance = new Entrance(
      newLink,
      () => this.#introduce(),
      {
        onJoined: (contact, memo, welcome) => this.#onJoined(contact, memo, welcome),
        onResponse: (contact, response) => this.#onResponse(contact, response),
        onEnd: (contact, end) => this.#lose(contact, setbackOf({ type: 'ENDED', end }, this.#username), end),
      },
      options.joinTimeoutMs,
    );
    this.#exchange = new Exchange({
      show,
      onSettled: () => this.#leaveIfDone(),
      onDead: contact => this.#lose(contact, { trouble: { code: 'NO_SIGN_OF_LIFE' } }),
      onFault: error => this.#over.reject(error),
    });
  }

  /** Resolves at the end of the stay. @throws {ConnectFailure} when the server cannot be reached at the beginning */
  async stay(username: string): Promise<MembershipEnd> {
    this.#username = username;
    try {
      return await Promise.race([this.#stay(), this.#over.promise]);
    } finally {
      this.close();
    }
  }

  /** Says something, now or when one is back; resolves when more may be said. */
  send(content: string, kind?: 'action'): Promise<void> {
    return this.#exchange.send(content, kind);
  }

  /** How many messages nobody has confirmed. */
  get unsent(): number {
    return this.#exchange.unsent;
  }

  /** Whether what is said next has to wait until something is confirmed. */
  get isFull(): boolean {
    return this.#exchange.isFull;
  }

  ask(put: (link: RoomLink, ref: string) => void): Promise<Answer | 'NOT_OFFERED' | 'NOT_CONNECTED'> {
    return this.#exchange.ask(put);
  }

  /** Leaves as soon as all that was said is confirmed. */
  leave(): void {
    this.#isLeaving = true;
    const { unsent } = this.#exchange;
    if (this.#contact === undefined && unsent > 0) this.show({ type: 'Leaving', unsent });
    this.#leaveIfDone();
  }

  /** Nobody is made to wait any more; and who is not in the room has left. */
  hurry(): void {
    this.#isHurried = true;
    this.#exchange.hurry();
    if (this.#contact === undefined) this.close();
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
    this.#exchange.pauseUntil(ready);
  }

  /** Hangs up: what is not over is over now. Idempotent. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#leaving);
    this.#exchange.end(this.#hasLeft || this.#contact === undefined);
    this.#contact = undefined;
    this.#exchange.hurry();
    this.#entrance.close();
    this.#over.resolve(this.#with({ type: 'LEFT' }));
  }

  async #stay(): Promise<MembershipEnd> {
    const answer = await this.#entrance.enter();
    if (answer.type !== 'JOINED') return this.#with(endOf(answer, this.#username));
    for (;;) {
      const { trouble, end } = await this.#lost.promise;
      const final = this.#isHurried ? ({ type: 'LEFT' } as const) : (end ?? (await this.#comeBack(trouble)));
      if (final !== undefined) return this.#with(final);
    }
  }

  /** Tries until one is in the room again; resolves to an end when that will not be. */
  async #comeBack(first: Trouble): Promise<Ending | undefined> {
    const { retryForMs = Number.POSITIVE_INFINITY } = this.options;
    const since = performance.now();
    let setback: Setback = { trouble: first };
    this.#toldTroubles = new Set();
    this.#toldWaitMs = LONG_WAIT_MS;
    let unwantedSince = Number.POSITIVE_INFINITY;
    while (!this.#isOver) {
      const leftMs = retryForMs - (performance.now() - since);
      if (leftMs <= 0) return setback.end ?? endAfter(first);
      const inMs = Math.min(this.#backoff.next(), leftMs);
      this.show({
        type: 'Reconnecting',
        trouble: setback.trouble,
        inMs,
        unsent: this.#exchange.unsent,
        isNews: this.#isNews(setback.trouble, inMs),
      });
      await this.#wait(inMs);
      const failed = await this.#tryAgain(leftMs - inMs);
      if (failed === undefined) return undefined;
      setback = failed;
      if (setback.end?.type === 'REPLACED') return setback.end;
      const now = performance.now();
      unwantedSince = setback.end === undefined ? Number.POSITIVE_INFINITY : Math.min(unwantedSince, now);
      if (now - unwantedSince >= NAME_PATIENCE_MS) return setback.end;
    }
    return { type: 'LEFT' };
  }

  /** Not a line for each attempt: only what is wrong now and was not before, and waits that have grown long. */
  #isNews({ code }: Trouble, inMs: number): boolean {
    const isNew = !this.#toldTroubles.has(code);
    if (!isNew && inMs < this.#toldWaitMs) return false;
    this.#toldTroubles.add(code);
    this.#toldWaitMs = Math.max(LONG_WAIT_MS, inMs * 2);
    return true;
  }

  /** One attempt to come back, that takes no longer than this; resolves to nothing when one is in the room. */
  async #tryAgain(milliseconds: number): Promise<Setback | undefined> {
    const late = Promise.withResolvers<{ readonly type: 'NO_ANSWER' }>();
    const timer = Number.isFinite(milliseconds)
      ? setTimeout(() => late.resolve({ type: 'NO_ANSWER' }), Math.max(0, milliseconds))
      : undefined;
    const answer = await Promise.race([this.#entrance.again(), late.promise]);
    clearTimeout(timer);
    return answer.type === 'JOINED' || this.#contact !== undefined
      ? undefined
      : setbackOf(answer, this.#username);
  }

  #introduce(): Introduction {
    const history = this.#hasJoined ? 0 : (this.options.history ?? 0);
    return { username: this.#username, history, ...this.#exchange.bookmark };
  }

  #onJoined(contact: Contact, memo: ChatMemo, welcome: Welcome | undefined): void {
    if (this.#contact !== undefined) {
      contact.close();
      return;
    }
    this.#contact = contact;
    // The server's word counts: it may know the name in another spelling.
    this.#username = memo.username;
    this.#joinedAt = performance.now();
    this.#lost = Promise.withResolvers();
    this.#exchange.begin(contact, welcome);
    if (this.#hasJoined) {
      const { resumed = false, gap, count } = welcome ?? {};
      const more = { ...(gap && { gap }), ...(count !== undefined && { count }) };
      this.show({ type: 'Back', extended: contact.isExtended, resumed, ...more });
    } else {
      const { users, count, maxMessageBytes } = welcome ?? {};
      const more = { ...(users && count && { users, count }), ...(maxMessageBytes && { maxMessageBytes }) };
      this.show({ type: 'Welcome', ...memo, ...more });
    }
    this.#hasJoined = true;
    queueMicrotask(() => this.#leaveIfDone());
  }

  #onResponse(contact: Contact, response: ChatResponse): void {
    if (contact === this.#contact) this.#onResponseInside(contact, response);
    // A server that does not understand the first contact is asked again, and shown then.
    else if (response.type === 'Unknown' && !contact.isExtended)
      this.show({ type: 'UnknownResponse', text: response.text });
  }

  #onResponseInside(contact: Contact, response: ChatResponse): void {
    if (response.type !== 'Closing') {
      this.#exchange.take(response);
      return;
    }
    const { code, content } = response;
    if (code === 'REPLACED') this.#lose(contact, { trouble: { code: 'LOST' }, end: { type: 'REPLACED' } });
    else if (code === 'STOPPING') this.#lose(contact, { trouble: { code: 'SERVER_STOPPING' } });
    else this.#lose(contact, { trouble: KNOWN_ENDS[code] ?? { code: 'SERVER_SAYS', notice: content } });
  }

  /** One is not in the room any more. */
  #lose(contact: Contact, setback: Setback, linkEnd?: LinkEnd): void {
    // In the basic form nothing but an orderly end tells that all has arrived.
    const isOrderly = contact.isExtended || linkEnd === 'CLOSED';
    contact.close();
    this.#contact = undefined;
    this.#exchange.end(isOrderly);
    if (performance.now() - this.#joinedAt >= STABLE_MS) this.#backoff.reset();
    const left = isOrderly ? { type: 'LEFT' as const } : endAfter(setback.trouble);
    const end = this.#hasLeft ? left : setback.end;
    this.#lost.resolve({ trouble: setback.trouble, ...(end && { end }) });
  }

  #leaveIfDone(): void {
    if (!this.#isLeaving || this.#exchange.unsent > 0) return;
    if (this.#contact !== undefined) this.#sayLeave();
    else this.#leaving ??= setTimeout(() => this.close(), LEAVE_MS);
  }

  #sayLeave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#exchange.leave();
  }

  #wait(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#timer = setTimeout(resolve, ms);
    });
  }

  #with(end: Ending): MembershipEnd {
    const { unsent, unsure } = this.#exchange;
    return { ...end, ...(unsent > 0 && { unsent }), ...(unsure > 0 && { unsure }) };
  }
}
