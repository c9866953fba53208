import type { ClientEvent } from '../../application/client/client-event.js';
import { clockTime } from '../view/time.js';
import type { Span } from './line-editor/spans.js';

const TICK_MS = 1000;
const MINUTE_MS = 60_000;

/** Before the first welcome, in the room, or out of it until a moment by `performance.now()`. */
type Connection =
  | { readonly type: 'CONNECTING' | 'CONNECTED' }
  | { readonly type: 'AWAY'; readonly againAt: number };

export interface StatusOptions {
  /** The server, as the person has named it, until it is known which of several; then who and where one is, and the time are shown. */
  readonly place?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The line that says how things are, what matters most first, kept up to date while it counts down. */
export class Status {
  #connection: Connection = { type: 'CONNECTING' };
  #username = '';
  /** Which of several addresses it is, or will be. */
  #address: string | undefined;
  #count: number | undefined;
  #unsent = 0;
  #isSeen = true;
  #unread = { messages: 0, mentions: 0 };
  #delayedUntil = 0;
  #silentSince: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly show: (status: readonly Span[]) => void,
    private readonly options: StatusOptions = {},
  ) {}

  get isConnected(): boolean {
    return this.#connection.type === 'CONNECTED';
  }

  get isAway(): boolean {
    return this.#connection.type === 'AWAY';
  }

  /** Who one is, and where, if that is to be shown: `carl @ chat.example.org`. */
  get where(): string | undefined {
    const { place } = this.options;
    if (place === undefined) return undefined;
    return this.#username === '' ? (this.#address ?? place) : `${this.#username} @ ${this.#address ?? place}`;
  }

  /** What has happened, as far as it changes how things are. */
  note(event: ClientEvent): void {
    switch (event.type) {
      case 'Welcome':
        this.#username = event.username;
        this.#address = event.address;
        this.connected(event.count);
        break;
      case 'Reconnected':
        this.#address = event.address;
        this.connected(event.count);
        break;
      case 'Reconnecting':
        this.#address = event.address;
        this.away(event.inMs);
        break;
      case 'Delayed':
        this.delayed(event.ms);
        break;
      case 'Lagging':
        this.lagging(event.ms);
    }
  }

  /** @param count how many are here, where that is known */
  connected(count: number | undefined): void {
    this.#connection = { type: 'CONNECTED' };
    this.#delayedUntil = 0;
    this.#silentSince = undefined;
    this.count(count);
  }

  /** @param inMs when the next attempt to come back begins */
  away(inMs: number): void {
    this.#connection = { type: 'AWAY', againAt: performance.now() + inMs };
    this.#silentSince = undefined;
    this.update();
  }

  count(count: number | undefined): void {
    this.#count = count;
    this.update();
  }

  /** This many have joined, or left where it is negative. */
  moved(by: number): void {
    if (this.#count !== undefined) this.count(Math.max(1, this.#count + by));
  }

  /** @param isSeen whether all of them are on the screen, so that they need no number */
  unsent(count: number, isSeen: boolean): void {
    if (count === this.#unsent && isSeen === this.#isSeen) return;
    this.#unsent = count;
    this.#isSeen = isSeen;
    this.update();
  }

  unread(messages: number, mentions: number): void {
    if (messages === this.#unread.messages && mentions === this.#unread.mentions) return;
    this.#unread = { messages, mentions };
    this.update();
  }

  /** What was said is read so much later; 0 when all of it is read. */
  delayed(ms: number): void {
    if (ms === 0 && this.#delayedUntil === 0) return;
    this.#delayedUntil = ms === 0 ? 0 : performance.now() + ms;
    this.update();
  }

  /** The server has not answered for so many milliseconds; 0 when it has. */
  lagging(ms: number): void {
    this.#silentSince = ms === 0 ? undefined : performance.now() - ms;
    this.update();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  update(): void {
    this.close();
    const now = performance.now();
    const { againAt = this.#delayedUntil } = this.#connection.type === 'AWAY' ? this.#connection : {};
    const toGo = againAt - now;
    const wait = this.#nextChange(toGo);
    if (wait !== undefined) {
      this.#timer = setTimeout(() => this.update(), wait);
      this.#timer.unref();
    }
    this.show(this.#spans(toGo, now));
  }

  /** When the line reads otherwise, by itself; in milliseconds. */
  #nextChange(toGo: number): number | undefined {
    // At the next whole second, so that no number is passed over.
    if (toGo > 0) return toGo % TICK_MS || TICK_MS;
    if (this.#silentSince !== undefined) return TICK_MS;
    const { place, now } = this.options;
    return place === undefined || now === undefined ? undefined : MINUTE_MS - (now() % MINUTE_MS);
  }

  #spans(toGoMs: number, now: number): Span[] {
    const seconds = Math.ceil(toGoMs / 1000);
    const isSilent = this.#silentSince !== undefined && this.isConnected;
    const silence = isSilent && `no answer for ${Math.round((now - (this.#silentSince ?? now)) / 1000)} s`;
    const isUnsentTold = this.#unsent > 0 && (!this.isConnected || !this.#isSeen || isSilent);
    const { messages, mentions } = this.#unread;
    const rest = [
      silence,
      isUnsentTold && `${this.#unsent} unsent`,
      !this.isAway && toGoMs > 0 && `sending in ${seconds} s`,
      messages > 0 && (mentions > 0 ? `${messages} unread, ${mentions} for you` : `${messages} unread`),
    ].filter(part => part !== false);
    const style = this.isAway || isSilent ? { bold: true } : { dim: true };
    const first = { text: this.#first(seconds, rest.length > 0), style };
    return [
      first,
      ...[...rest, ...this.#whereabouts()].map(part => ({ text: ` · ${part}`, style: { dim: true } })),
    ];
  }

  #whereabouts(): string[] {
    const { now } = this.options;
    const { where } = this;
    if (where === undefined) return [];
    return now === undefined ? [where] : [where, clockTime(now())];
  }

  #first(seconds: number, isShort: boolean): string {
    if (this.#connection.type === 'CONNECTING') return 'connecting…';
    if (this.#connection.type === 'AWAY')
      return seconds > 0 ? `reconnecting in ${seconds} s` : 'reconnecting…';
    if (this.#count === undefined) return 'connected';
    return isShort ? `${this.#count} here` : `connected · ${this.#count} here`;
  }
}
