import type { Seq } from '../../domain/events.js';
import { type ChatRequest, MAX_ANSWER, type OutgoingMessage, type SessionRequest } from '../chat-request.js';
import type { ChatMemo, ChatResponse, Welcome } from '../chat-response.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientEvent } from './client-event.js';
import { Collected } from './collected.js';
import { Heartbeat } from './heartbeat.js';
import { Outbox, type UnconfirmedMessage } from './outbox.js';
import { type Answer, PendingRequests } from './pending-requests.js';
import { MessageTooLong, type OwnSession } from './ports.js';
import { ReadingPosition } from './reading-position.js';
import { ReplayProgress } from './replay-progress.js';

/** What only somebody who is verified can ask. */
const ABOUT_KEYS: readonly ChatRequest['type'][] = ['keys', 'addKey', 'removeKey'];

export interface ClientSessionListener {
  show(event: ClientEvent): void;
  /** An own message was accepted, refused or too long. */
  onSettled(): void;
  /** The server gives no sign of life. */
  onDead(connection: ClientConnection): void;
  /** Something failed that never should. */
  onFault(error: unknown): void;
}

/** What a member says, asks and hears in the room, over one connection after the other. */
export class ClientSession {
  readonly #outbox = new Outbox();
  readonly #requests = new PendingRequests();
  /** What was said before the Join, until all of it has come; it comes once. */
  #earlier: Collected<ChatMemo> | undefined;
  #connection: ClientConnection | undefined;
  readonly #position = new ReadingPosition();
  #own: OwnSession | undefined;
  #heartbeat: Heartbeat | undefined;
  #replay: ReplayProgress | undefined;
  #pumping: Promise<void> | undefined;
  #waitingForRoom = 0;
  #sentInBasic = 0;
  #unsure = 0;
  #hasToldQueued = false;
  #isVerified = false;

  constructor(private readonly listener: ClientSessionListener) {}

  /** Goes on with the session of a program that was ended. Called before the first `begin`. */
  takeUp(own: OwnSession): void {
    const { unsent = [] } = own.saved;
    this.#own = own;
    this.#position.takeUp(own);
    this.#outbox.takeUp(unsent);
    for (const { ref, message } of unsent) this.listener.show({ type: 'Pending', ref, ...message });
  }

  /** How many messages are unconfirmed, those that wait for room in the outbox included. */
  get unsent(): number {
    return this.#outbox.size + this.#waitingForRoom;
  }

  /** How many messages went out over connections of the basic form that then broke: they may not have arrived. */
  get unsure(): number {
    return this.#unsure;
  }

  /** Whether one more message would have to wait for room. */
  get isFull(): boolean {
    return this.#outbox.isFull;
  }

  /** What a Join has to say to go on from here. */
  get bookmark(): Pick<SessionRequest, 'resume' | 'since' | 'epoch'> {
    return this.#position.bookmark;
  }

  /** Goes on over this connection, which has just joined; without a welcome in the basic form. */
  begin(connection: ClientConnection, welcome: Welcome | undefined): void {
    const { isBack } = this.#position;
    this.#connection = connection;
    this.#hasToldQueued = false;
    this.#earlier = welcome && new Collected(MAX_ANSWER);
    this.#position.begin(welcome);
    this.#isVerified = welcome?.verified === true;
    if (welcome !== undefined) {
      this.#heartbeat = new Heartbeat(welcome.silenceMs, {
        onPingDue: id => connection.link.ping(id),
        onLag: ms => this.listener.show({ type: 'Lagging', ms }),
        onDead: () => this.listener.onDead(connection),
      });
      if (isBack) this.#replay = new ReplayProgress(welcome.head, this.listener.show);
    }
    void this.#pump();
  }

  /** The connection is gone; `isOrderly` when all that was sent over it has arrived. */
  end(isOrderly: boolean): void {
    if (!isOrderly) this.#unsure += this.#sentInBasic;
    this.#sentInBasic = 0;
    this.#connection = undefined;
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    this.#requests.drop();
    this.#replay?.end();
    this.#replay = undefined;
  }

  /** From now on nothing is waited for. */
  hurry(): void {
    this.#outbox.unbind();
    this.#requests.drop();
  }

  /** Says something, now or as soon as there is a connection; resolves when more may be said. */
  async send(message: OutgoingMessage): Promise<void> {
    this.#waitingForRoom++;
    await this.#outbox.room();
    this.#waitingForRoom--;
    const { ref } = this.#outbox.add(message, this.#connection?.number);
    this.#own?.keep?.(this.#outbox.all);
    this.listener.show({ type: 'Pending', ref, ...message });
    if (this.#connection === undefined && !this.#hasToldQueued) {
      this.#hasToldQueued = true;
      this.listener.show({ type: 'Queued' });
    }
    await this.#pump();
  }

  /** Asks the server; resolves within a bounded time, and when the connection is lost. */
  async request(request: ChatRequest): Promise<Answer> {
    const connection = this.#connection;
    const asked = request.type;
    if (connection === undefined) return { type: 'Unanswered', asked, why: 'NOT_CONNECTED' };
    if (!this.#position.isCounted) return { type: 'Unanswered', asked, why: 'NOT_OFFERED' };
    // A server that knows no keys would hang up.
    if (ABOUT_KEYS.includes(asked) && !this.#isVerified)
      return { type: 'Unanswered', asked, why: 'NOT_VERIFIED' };
    this.#heartbeat?.asked();
    return this.#requests.ask(asked, ref => connection.link.request(ref, request));
  }

  /** Asks whether the connection has outlived a sleep, if there is one. */
  wake(): void {
    this.#heartbeat?.wake();
  }

  /** Reads nothing until the promise resolves. */
  pauseUntil(ready: Promise<void>): void {
    this.#connection?.link.pauseUntil(ready);
    this.#heartbeat?.hold(ready);
  }

  /** Takes what the server says to somebody who is in the room. */
  take(response: ChatResponse): void {
    this.#heartbeat?.heard();
    switch (response.type) {
      case 'Broadcast':
        this.#onMemo(response.memo);
        break;
      case 'Accepted':
        this.#onAccepted(response);
        break;
      case 'Refused':
        this.#onRefused(response.ref, response.content);
        break;
      case 'Delayed':
        if (this.unsent > 0) this.listener.show({ type: 'Delayed', ms: response.ms });
        break;
      case 'Unknown':
        this.listener.show({ type: 'UnknownResponse', text: response.text });
        break;
      default:
        if (response.type === 'History' && response.ref === undefined) this.#onEarlier(response);
        else if ('done' in response) this.#requests.take(response);
    }
  }

  #onMemo(memo: ChatMemo): void {
    if (!this.#position.read(memo.seq)) return;
    this.#replay?.before(memo.seq);
    this.listener.show({ type: 'Memo', ...memo });
    this.#replay?.after(memo.seq);
  }

  #onAccepted({ ref, seq, at }: { ref: string; seq: Seq; at: number }): void {
    const message = this.#settle(ref);
    if (message === undefined) return;
    // The answer to one that was said again may come ahead of what was missed before it.
    if (message.wentOnce) this.#position.advanceTo(seq);
    this.#showAccepted(message, { seq, at });
  }

  #showAccepted({ ref, message, late }: UnconfirmedMessage, place?: { seq: Seq; at: number }): void {
    this.listener.show({
      type: 'Accepted',
      ref,
      content: message.content,
      late,
      unsent: this.unsent,
      ...place,
    });
    this.listener.onSettled();
  }

  #onRefused(ref: string | undefined, reason: string): void {
    if (ref !== undefined && this.#requests.refuse(ref, reason)) return;
    const refused = ref === undefined ? undefined : this.#settle(ref);
    this.listener.show({ type: 'Refused', reason, ...(refused && { content: refused.message.content }) });
    if (refused !== undefined) this.listener.onSettled();
  }

  #settle(ref: string): UnconfirmedMessage | undefined {
    const message = this.#outbox.settle(ref);
    this.#own?.keep?.(this.#outbox.all);
    return message;
  }

  #onEarlier({ memos, done }: { memos: readonly ChatMemo[]; done: boolean }): void {
    this.#earlier?.add(memos);
    const { all = [] } = this.#earlier ?? {};
    const last = all.at(-1);
    if (!done || last === undefined) return;
    // The clocks of two machines differ: nothing was said in the future.
    const agoMs = Math.max(0, Date.now() - (last.at ?? Date.now()));
    this.#earlier = undefined;
    this.listener.show({ type: 'Earlier', memos: all, agoMs });
  }

  /** Sends what has not yet gone out on this connection, in order, as fast as it is taken. */
  async #pump(): Promise<void> {
    if (this.#next() !== undefined) this.#pumping ??= this.#sendAll();
    await this.#pumping;
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next())
      await this.#sendOne(...next).catch(error => this.listener.onFault(error));
    // In the same breath as the look for more: who says something next begins anew.
    this.#pumping = undefined;
  }

  #next(): [connection: ClientConnection, message: UnconfirmedMessage] | undefined {
    const connection = this.#connection;
    if (!connection?.isOpen) return undefined;
    const message = this.#outbox.next(connection.number);
    return message && [connection, message];
  }

  async #sendOne(connection: ClientConnection, unconfirmed: UnconfirmedMessage): Promise<void> {
    const { ref, message } = unconfirmed;
    unconfirmed.go(connection.number);
    this.#heartbeat?.asked();
    try {
      const taken = connection.link.send(message, ref);
      // The basic form has no answers, so what was handed over is not sent again.
      if (!connection.isExtended) {
        this.#settle(ref);
        this.#sentInBasic++;
      }
      await taken;
      if (!connection.isExtended) this.#showAccepted(unconfirmed);
    } catch (error) {
      if (!(error instanceof MessageTooLong)) throw error;
      this.#settle(ref);
      const { limit, actual } = error;
      this.listener.show({ type: 'TooLong', content: message.content, limit, actual });
      this.listener.onSettled();
    }
  }
}
