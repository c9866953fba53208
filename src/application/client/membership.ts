import type { ChatMemo, ChatResponse, Welcome } from '../chat-response.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientEvent } from './client-event.js';
import { ClientSession } from './client-session.js';
import { Connector, type JoinIntent } from './connector.js';
import { Departure, type LeaveWhen } from './departure.js';
import { type FirstContactOptions, makeFirstContact } from './first-contact.js';
import { joinedEvents, otherKeyEvent } from './joined-events.js';
import type { Unsettled } from './message-sender.js';
import { type Disconnection, disconnectionAt, isNotAdmitted, type Outcome, outcomeAfter } from './outcome.js';
import { newSession } from './own-session.js';
import type { LinkEnd, NewLink, OwnSession, Signer } from './ports.js';
import { Reconnector, type ReconnectorOptions } from './reconnector.js';
import { Route } from './route.js';
import { withoutShortOutages } from './short-outage.js';

/** How a membership ended, and what was not settled by then. */
export type MembershipOutcome = Outcome & Unsettled;

export interface MembershipOptions extends ReconnectorOptions, FirstContactOptions {
  /** How many earlier messages are wanted; none when absent. */
  readonly history?: number;
  /** What the person calls the addresses of the room, where there are several. */
  readonly addresses?: readonly string[];
  /** How long a server may take to answer a Join, in milliseconds. */
  readonly joinTimeoutMs?: number;
  /** With which the name is proven; not at all when absent. */
  readonly signer?: Signer;
}

/**
 * Keeps one person in the room over as many connections as it takes: after the first Joined it reconnects by itself,
 * resumes the session, and sends again what is unconfirmed.
 *
 *     connecting ──Joined──> joined <───Joined──── away
 *         │                   │  └──line is down──> │
 *         │                 Leave                   │
 *         │                   v                     │
 *         │                leaving                  │
 *      refused                │ line is down        │ time is up, name is lost, leaves
 *         └──────────────────>└───────> over <──────┘
 *
 * A session that continues elsewhere, and `leave('unsaid')`, lead from everywhere to over.
 */
export class Membership {
  /** What is said, asked and heard in the room. */
  readonly session: Pick<ClientSession, 'send' | 'request' | 'isFull' | 'pauseUntil'>;
  readonly #session: ClientSession;
  readonly #over = Promise.withResolvers<Outcome>();
  readonly #joined = Promise.withResolvers<void>();
  /** Resolves at the first Joined. */
  readonly joined: Promise<void> = this.#joined.promise;
  readonly show: (event: ClientEvent) => void;
  readonly #connector: Connector;
  readonly #reconnector: Reconnector;
  #own: OwnSession = newSession();
  #state: 'connecting' | 'joined' | 'away' | 'leaving' | 'over' = 'connecting';
  readonly #departure = new Departure(() => this.#finish());
  #username = '';
  /** While joined or leaving. */
  #connection: ClientConnection | undefined;
  #lost = Promise.withResolvers<Disconnection>();
  #hasJoined = false;

  constructor(
    newLink: NewLink,
    show: (event: ClientEvent) => void,
    private readonly options: MembershipOptions = {},
  ) {
    this.show = withoutShortOutages(show);
    this.#connector = new Connector(
      newLink,
      () => this.#introduce(),
      {
        onJoined: (connection, memo, welcome) => this.#onJoined(connection, memo, welcome),
        onUnproven: (asked, reached) => this.show({ type: 'Unproven', asked, reached }),
        onOtherKey: (address, failure) => this.show(otherKeyEvent(address, failure)),
        onResponse: (connection, response) => this.#onResponse(connection, response),
        onEnd: (connection, end) => this.#lose(connection, disconnectionAt(end), end),
      },
      options.joinTimeoutMs,
      options.signer,
      new Route(options.addresses, options.random),
    );
    this.#session = new ClientSession({
      show: this.show,
      onSettled: () => this.#leaveIfSettled(),
      onDead: connection => this.#lose(connection, { outage: { code: 'NO_SIGN_OF_LIFE' } }),
      onFault: error => this.#over.reject(error),
    });
    this.session = this.#session;
    this.#reconnector = new Reconnector(this.#connector, this, options);
  }

  /** Whether it was ever in the room. */
  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  get isInside(): boolean {
    return this.#connection !== undefined;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Under which it is in the room, as the server spells it. */
  get username(): string {
    return this.#username;
  }

  get unsent(): number {
    return this.#session.unsent;
  }

  /**
   * Resolves at the end. @param own the session that it takes up, or a new one
   * @throws {ConnectFailure} when the server cannot be reached at the beginning
   */
  async stay(username: string, own?: OwnSession): Promise<MembershipOutcome> {
    this.#username = username;
    this.#own = own ?? newSession();
    this.#session.takeUp(this.#own);
    this.#connector.countFrom(this.#own.saved.attempt);
    let mayBeInside = false;
    try {
      const end = await Promise.race([this.#stay(), this.#over.promise]);
      mayBeInside = !isNotAdmitted(end);
      return { ...end, ...this.#session.unsettled };
    } finally {
      this.leave('unsaid');
      if (mayBeInside || this.hasJoined || this.#own.saved.attempt > 0) this.#own.release();
      else this.#own.forget();
    }
  }

  /** May be called again to leave sooner. */
  leave(when: LeaveWhen): void {
    if (this.isOver) return;
    this.#departure.begin(when);
    if (when === 'settled') {
      const { unsent } = this;
      if (!this.isInside && unsent > 0) this.show({ type: 'Leaving', unsent });
      this.#leaveIfSettled();
      return;
    }
    this.#session.hurry();
    if (when === 'unsaid' || !this.isInside) this.#finish();
    else if (when === 'now') {
      this.#sayLeave();
      this.#departure.said();
    }
  }

  /** Tries to come back at once, where it is away. */
  reconnectNow(): void {
    if (this.isInside) this.show({ type: 'NotAway' });
    else this.#reconnector.hurry();
  }

  /** The machine was asleep, or has another network: finds out whether the connection still holds, or tries to come back at once. */
  wake(): void {
    if (this.isInside) this.#session.wake();
    else this.#reconnector.hurry();
  }

  async #stay(): Promise<Outcome> {
    const never = await makeFirstContact(this, this.#connector, this.#reconnector, this.options);
    if (never !== undefined) return never;
    for (;;) {
      const { end, ...lost } = await this.#lost.promise;
      const final = this.#departure.isHurried
        ? ({ type: 'LEFT' } as const)
        : (end ?? (await this.#reconnector.reconnect(lost)));
      if (final !== undefined) return final;
    }
  }

  #introduce(): JoinIntent {
    const history = this.hasJoined ? 0 : (this.options.history ?? 0);
    return { username: this.#username, history, ...this.#session.bookmark };
  }

  #onJoined(connection: ClientConnection, memo: ChatMemo, welcome: Welcome | undefined): void {
    if (this.isInside) {
      connection.close();
      return;
    }
    const after = this.hasJoined ? 'connection' : this.#own.saved.attempt > 0 ? 'session' : 'nothing';
    this.#state = 'joined';
    this.#connection = connection;
    // The server may know the name in another spelling.
    this.#username = memo.username;
    this.#hasJoined = true;
    this.#reconnector.joined();
    this.#lost = Promise.withResolvers();
    this.#session.begin(connection, welcome);
    const { peer } = connection.link;
    for (const event of joinedEvents({ memo, welcome, peer }, after, this.#connector.route.address))
      this.show(event);
    this.#joined.resolve();
    queueMicrotask(() => this.#leaveIfSettled());
  }

  #onResponse(connection: ClientConnection, response: ChatResponse): void {
    if (response.type === 'Closing') {
      const { end, content, retryAfterMs } = response;
      this.#lose(connection, disconnectionAt(end, content, retryAfterMs));
    } else this.#session.take(response);
  }

  #lose(connection: ClientConnection, disconnection: Disconnection, linkEnd?: LinkEnd): void {
    // In the basic form nothing but an orderly end tells that all has arrived.
    const isOrderly = connection.isExtended || linkEnd === 'CLOSED';
    connection.close();
    this.#connection = undefined;
    this.#session.end(isOrderly);
    this.#reconnector.lost();
    const left = isOrderly ? { type: 'LEFT' as const } : outcomeAfter(disconnection.outage);
    const end = this.#state === 'leaving' ? left : disconnection.end;
    if (this.#state === 'leaving' && linkEnd === 'CLOSED') this.#own.forget();
    if (this.#state === 'joined') this.#state = 'away';
    this.#lost.resolve({ ...disconnection, ...(end && { end }) });
  }

  #leaveIfSettled(): void {
    if (!this.#departure.waitsForAnswers || this.unsent > 0) return;
    if (this.isInside) this.#sayLeave();
    else this.#departure.delayed();
  }

  #sayLeave(): void {
    if (this.#state !== 'joined') return;
    this.#state = 'leaving';
    this.#connection?.leave();
  }

  #finish(): void {
    this.#session.end(this.#state !== 'joined');
    this.#session.hurry();
    this.#state = 'over';
    this.#connection = undefined;
    this.#departure.end();
    this.#reconnector.stop();
    this.#connector.close();
    this.#over.resolve({ type: 'LEFT' });
  }
}
