import type { OutgoingMessage } from '../../application/chat-request.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import { asTyped, OwnMessages } from '../view/own-messages.js';
import { eventLines } from './event-lines.js';
import type { Line, Span } from './line-editor/spans.js';
import { rowsOf } from './own-rows.js';
import type { Status } from './status.js';
import { plain, type Transcript } from './transcript.js';

/** Most unsent messages that are written out at the end. */
const MAX_UNSENT_SHOWN = 20;

type Event<T extends ClientEvent['type']> = Extract<ClientEvent, { type: T }>;

/** Where own messages are seen before they are printed. */
export interface OwnPlace {
  /** Shows rows between what is printed and the input. */
  above(rows: Span[][]): void;
  /** Puts a text into the input again. */
  offer(text: string): void;
}

/** What a person has said themselves: above the input until it is confirmed, then among the others, or offered again. */
export class OwnLines {
  /** The name under which the person is here, and whether it is theirs. */
  #username = '';
  #isVerified = false;
  readonly #messages = new OwnMessages();

  constructor(
    private readonly transcript: Transcript,
    private readonly status: Status,
    private readonly place: OwnPlace,
  ) {}

  /** Who the person is. */
  note(event: ClientEvent): void {
    if (event.type === 'Welcome') this.#username = event.username;
    if (event.type === 'Welcome' || event.type === 'Reconnected') this.#isVerified = event.verified === true;
  }

  pending(event: Event<'Pending'>): void {
    this.#messages.add(event);
    this.show();
  }

  /** It is confirmed: it is printed in order among the others. */
  accepted({ ref, content, at }: Event<'Accepted'>): Line[] {
    const { kind } = this.#messages.settle(ref) ?? {};
    this.show();
    const verified = this.#isVerified && { verified: true as const };
    const more = { ...(kind && { kind }), ...(at !== undefined && { at }), ...verified };
    return this.transcript.message({ username: this.#username, content, ...more });
  }

  /** It is offered again, to be said in other words. */
  refused(event: Event<'Refused' | 'TooLong'>): Line[] {
    const message = event.content === undefined ? undefined : this.#messages.settleText(event.content);
    this.show();
    if (message !== undefined) this.place.offer(asTyped(message));
    return eventLines(event, this.transcript);
  }

  /** What is not confirmed, and what was not even sent: in words, once. */
  unsent(waiting: readonly OutgoingMessage[]): Line[] {
    const all = [...this.#messages.takeAll(), ...waiting];
    const more = all.length - MAX_UNSENT_SHOWN;
    const lines = all.slice(0, MAX_UNSENT_SHOWN).flatMap(({ content }) => plain(`Not sent: ${content}`));
    return more > 0 ? [...lines, ...plain(`Not sent: ${more} more`)] : lines;
  }

  show(): void {
    const rows = rowsOf(this.#messages.all, this.#username);
    this.place.above(rows);
    if (rows.length === 0) this.status.delayed(0);
    this.status.unsent(this.#messages.size, this.#messages.size <= rows.length);
  }
}
