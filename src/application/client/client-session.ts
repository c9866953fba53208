import { type ChatRequest, MAX_ANSWER, type OutgoingMessage, type SessionRequest } from '../chat-request.js';
import type { ChatMemo, ChatResponse, Welcome } from '../chat-response.js';
import type { ClientConnection } from './client-connection.js';
import { Collected } from './collected.js';
import { Heartbeat } from './heartbeat.js';
import { MessageSender, type MessageSenderListener, type Unsettled } from './message-sender.js';
import { type Answer, PendingRequests } from './pending-requests.js';
import type { OwnSession } from './ports.js';
import { ReadingPosition } from './reading-position.js';
import { ReplayProgress } from './replay-progress.js';

/** What only somebody who is verified can ask. */
const ABOUT_KEYS: readonly ChatRequest['type'][] = ['keys', 'addKey', 'removeKey'];

export interface ClientSessionListener extends Pick<MessageSenderListener, 'show' | 'onSettled' | 'onFault'> {
  /** The server gives no sign of life. */
  onDead(connection: ClientConnection): void;
}

/** What a member says, asks and hears in the room, over one connection after the other. */
export class ClientSession {
  readonly #requests = new PendingRequests();
  /** What was said before the Join, until all of it has come; it comes once. */
  #earlier: Collected<ChatMemo> | undefined;
  #connection: ClientConnection | undefined;
  readonly #position = new ReadingPosition();
  readonly #sender: MessageSender;
  #heartbeat: Heartbeat | undefined;
  #replay: ReplayProgress | undefined;
  #isVerified = false;

  constructor(private readonly listener: ClientSessionListener) {
    this.#sender = new MessageSender(this.#position, {
      show: event => listener.show(event),
      onSent: () => this.#heartbeat?.asked(),
      onSettled: () => listener.onSettled(),
      onFault: error => listener.onFault(error),
    });
  }

  /** Goes on with the session of a program that was ended. Called before the first `begin`. */
  takeUp(own: OwnSession): void {
    this.#position.takeUp(own);
    this.#sender.takeUp(own);
  }

  /** How many messages are unconfirmed, those that wait for room in the outbox included. */
  get unsent(): number {
    return this.#sender.unsent;
  }

  get unsettled(): Unsettled {
    return this.#sender.unsettled;
  }

  /** Whether one more message would have to wait for room. */
  get isFull(): boolean {
    return this.#sender.isFull;
  }

  /** What a Join has to say to go on from here. */
  get bookmark(): Pick<SessionRequest, 'resume' | 'since' | 'epoch'> {
    return this.#position.bookmark;
  }

  /** Goes on over this connection, which has just joined; without a welcome in the basic form. */
  begin(connection: ClientConnection, welcome: Welcome | undefined): void {
    const { isBack } = this.#position;
    this.#connection = connection;
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
    this.#sender.begin(connection);
  }

  /** The connection is gone; `isOrderly` when all that was sent over it has arrived. */
  end(isOrderly: boolean): void {
    this.#sender.end(isOrderly);
    this.#connection = undefined;
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    this.#requests.drop();
    this.#replay?.end();
    this.#replay = undefined;
  }

  /** From now on nothing is waited for. */
  hurry(): void {
    this.#sender.hurry();
    this.#requests.drop();
  }

  /** Says something, now or as soon as there is a connection; resolves when more may be said. */
  send(message: OutgoingMessage): Promise<void> {
    return this.#sender.send(message);
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
        this.#sender.accept(response);
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

  #onRefused(ref: string | undefined, reason: string): void {
    if (ref !== undefined && this.#requests.refuse(ref, reason)) return;
    this.#sender.refuse(ref, reason);
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
}
