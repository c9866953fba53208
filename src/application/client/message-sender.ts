import type { Seq } from '../../domain/events.js';
import type { OutgoingMessage } from '../chat-request.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientEvent } from './client-event.js';
import { Outbox, type UnconfirmedMessage } from './outbox.js';
import { MessageTooLong, type OwnSession } from './ports.js';
import type { ReadingPosition } from './reading-position.js';

export interface MessageSenderListener {
  show(event: ClientEvent): void;
  /** A message goes out: the server has to give a sign of life. */
  onSent(): void;
  /** A message was accepted, refused or too long. */
  onSettled(): void;
  /** Something failed that never should. */
  onFault(error: unknown): void;
}

/** What was said and is not settled, if there is any. */
export interface Unsettled {
  /** How many messages are unconfirmed. */
  readonly unsent?: number;
  /** How many went out over connections of the basic form that then broke: they may not have arrived. */
  readonly unsure?: number;
}

/** Sends what a member says, in order, over one connection after the other, until the server has answered. */
export class MessageSender {
  readonly #outbox = new Outbox();
  #own: OwnSession | undefined;
  #connection: ClientConnection | undefined;
  #pumping: Promise<void> | undefined;
  #waitingForRoom = 0;
  #sentInBasic = 0;
  #unsure = 0;
  #hasToldQueued = false;

  /** @param position told of answers that come in order among all other events */
  constructor(
    private readonly position: Pick<ReadingPosition, 'advanceTo'>,
    private readonly listener: MessageSenderListener,
  ) {}

  /** Goes on with what another program of this session has not sent. Called before the first `begin`. */
  takeUp(own: OwnSession): void {
    const { unsent = [] } = own.saved;
    this.#own = own;
    this.#outbox.takeUp(unsent);
    for (const { ref, message } of unsent) this.listener.show({ type: 'Pending', ref, ...message });
  }

  /** How many messages are unconfirmed, those that wait for room in the outbox included. */
  get unsent(): number {
    return this.#outbox.size + this.#waitingForRoom;
  }

  get unsettled(): Unsettled {
    const { unsent } = this;
    const unsure = this.#unsure;
    return { ...(unsent > 0 && { unsent }), ...(unsure > 0 && { unsure }) };
  }

  /** Whether one more message would have to wait for room. */
  get isFull(): boolean {
    return this.#outbox.isFull;
  }

  /** Goes on over this connection, which has just joined. */
  begin(connection: ClientConnection): void {
    this.#connection = connection;
    this.#hasToldQueued = false;
    void this.#pump();
  }

  /** The connection is gone; `isOrderly` when all that was sent over it has arrived. */
  end(isOrderly: boolean): void {
    if (!isOrderly) this.#unsure += this.#sentInBasic;
    this.#sentInBasic = 0;
    this.#connection = undefined;
  }

  /** From now on no message waits for room. */
  hurry(): void {
    this.#outbox.unbind();
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

  /** The server has recorded the message of this `ref`, if there is one. */
  accept({ ref, seq, at }: { ref: string; seq: Seq; at: number }): void {
    const message = this.#settle(ref);
    if (message === undefined) return;
    // The answer to one that was said again may come ahead of what was missed before it.
    if (message.wentOnce) this.position.advanceTo(seq);
    this.#showAccepted(message, { seq, at });
  }

  /** The server has refused the message of this `ref`, or something that has none. */
  refuse(ref: string | undefined, reason: string): void {
    const refused = ref === undefined ? undefined : this.#settle(ref);
    this.listener.show({ type: 'Refused', reason, ...(refused && { content: refused.message.content }) });
    if (refused !== undefined) this.listener.onSettled();
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

  #settle(ref: string): UnconfirmedMessage | undefined {
    const message = this.#outbox.settle(ref);
    this.#own?.keep?.(this.#outbox.all);
    return message;
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
    this.listener.onSent();
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
