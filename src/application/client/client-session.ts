import type { Seq } from '../../domain/events.js';
import type { ChatRequest, OutgoingMessage, SessionRequest } from '../chat-request.js';
import type { ChatMemo, ChatResponse, Welcome } from '../chat-response.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientEvent } from './client-event.js';
import { Heartbeat } from './heartbeat.js';
import { Outbox, type UnconfirmedMessage } from './outbox.js';
import { newSession } from './own-session.js';
import { type Answer, PendingRequests } from './pending-requests.js';
import { MessageTooLong, type OwnSession } from './ports.js';
import { ReplayProgress } from './replay-progress.js';

/** Most earlier messages that are held until the last has come: more than any server is asked for. */
const MAX_EARLIER = 10_000;

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
  #earlier: ChatMemo[] = [];
  #connection: ClientConnection | undefined;
  #welcome: Welcome | undefined;
  /** The last sequence number that was read, in the epoch of the welcome. */
  #seq: Seq = 0;
  #own: OwnSession = newSession();
  #heartbeat: Heartbeat | undefined;
  #replay: ReplayProgress | undefined;
  #pumping: Promise<void> | undefined;
  #waitingForRoom = 0;
  #sentInBasic = 0;
  #unsure = 0;
  #hasToldQueued = false;

  constructor(private readonly listener: ClientSessionListener) {}

  /** Goes on with the session of a program that was ended. Called before the first `begin`. */
  takeUp(own: OwnSession): void {
    this.#own = own;
    this.#seq = own.saved.since ?? 0;
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

  /** What a Join has to say to go on from here; from the first one on, for its answer may be lost. */
  get bookmark(): Pick<SessionRequest, 'resume' | 'since' | 'epoch'> {
    if (this.#welcome === undefined) {
      const { token, since, epoch } = this.#own.saved;
      return { resume: token, ...(since !== undefined && epoch && { since, epoch }) };
    }
    const { resume, epoch } = this.#welcome;
    return { resume, epoch, since: this.#seq };
  }

  /** Goes on over this connection, which has just joined; without a welcome in the basic form. */
  begin(connection: ClientConnection, welcome: Welcome | undefined): void {
    this.#connection = connection;
    this.#hasToldQueued = false;
    this.#earlier = [];
    const isBack = this.#welcome !== undefined || this.#own.saved.since !== undefined;
    if (welcome !== undefined) {
      // All that was missed comes now, so `seq` is never ahead of what was read; but a log that was rolled back, or is
      // another one, numbers its events anew.
      const read = !isBack || welcome.gap !== undefined ? welcome.seq : this.#seq;
      this.#seq = Math.min(read, welcome.seq);
      this.#heartbeat = new Heartbeat(welcome.silenceMs, {
        onPingDue: id => connection.link.ping(id),
        onDead: () => this.listener.onDead(connection),
      });
    }
    this.#welcome = welcome;
    if (isBack && welcome !== undefined) this.#replay = new ReplayProgress(welcome.head, this.listener.show);
    this.#keepPlace();
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
    if (this.#welcome === undefined) return { type: 'Unanswered', asked, why: 'NOT_OFFERED' };
    this.#heartbeat?.said();
    return this.#requests.ask(asked, ref => connection.link.request(ref, request));
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
        else if ('ref' in response) this.#requests.take(response);
    }
  }

  #onMemo(memo: ChatMemo): void {
    if (memo.seq !== undefined && this.#welcome !== undefined) {
      if (memo.seq <= this.#seq) return;
      this.#seq = memo.seq;
    }
    this.#replay?.before(memo.seq);
    this.listener.show({ type: 'Memo', ...memo });
    this.#replay?.after(memo.seq);
    this.#keepPlace();
  }

  #onAccepted({ ref, seq, at }: { ref: string; seq: Seq; at: number }): void {
    const message = this.#outbox.settle(ref);
    if (message === undefined) return;
    // The answer to one that was said again may come ahead of what was missed before it.
    if (message.wentOnce) this.#seq = Math.max(this.#seq, seq);
    this.#keepPlace();
    this.#showAccepted(message, at);
  }

  #keepPlace(): void {
    if (this.#welcome !== undefined) this.#own.readTo(this.#welcome.epoch, this.#seq);
  }

  #showAccepted({ ref, message, late }: UnconfirmedMessage, at?: number): void {
    const when = at !== undefined && { at };
    this.listener.show({
      type: 'Accepted',
      ref,
      content: message.content,
      late,
      unsent: this.unsent,
      ...when,
    });
    this.listener.onSettled();
  }

  #onRefused(ref: string | undefined, reason: string): void {
    if (ref !== undefined && this.#requests.refuse(ref, reason)) return;
    const refused = ref === undefined ? undefined : this.#outbox.settle(ref);
    this.listener.show({ type: 'Refused', reason, ...(refused && { content: refused.message.content }) });
    if (refused !== undefined) this.listener.onSettled();
  }

  #onEarlier({ memos, done }: { memos: readonly ChatMemo[]; done: boolean }): void {
    for (const memo of memos.slice(0, MAX_EARLIER - this.#earlier.length)) this.#earlier.push(memo);
    const last = this.#earlier.at(-1);
    if (!done || last === undefined) return;
    // The clocks of two machines differ: nothing was said in the future.
    const agoMs = Math.max(0, Date.now() - (last.at ?? Date.now()));
    this.listener.show({ type: 'Earlier', memos: this.#earlier, agoMs });
    this.#earlier = [];
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
    this.#heartbeat?.said();
    try {
      const taken = connection.link.send(message, ref);
      // The basic form has no answers, so what was handed over is not sent again.
      if (!connection.isExtended) {
        this.#outbox.settle(ref);
        this.#sentInBasic++;
      }
      await taken;
      if (!connection.isExtended) this.#showAccepted(unconfirmed);
    } catch (error) {
      if (!(error instanceof MessageTooLong)) throw error;
      this.#outbox.settle(ref);
      const { limit, actual } = error;
      this.listener.show({ type: 'TooLong', content: message.content, limit, actual });
      this.listener.onSettled();
    }
  }
}
