import type { Span } from './line-editor/spans.js';

const TICK_MS = 1000;

/** Before the first welcome, in the room, or out of it until a moment by `performance.now()`. */
type Connection =
  | { readonly type: 'CONNECTING' | 'CONNECTED' }
  | { readonly type: 'AWAY'; readonly againAt: number };

/** The line that says how things are, in at most 40 columns, kept up to date while it counts down. */
export class Status {
  #connection: Connection = { type: 'CONNECTING' };
  #count: number | undefined;
  #unsent = 0;
  #delayedUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly show: (status: readonly Span[]) => void) {}

  get isConnected(): boolean {
    return this.#connection.type === 'CONNECTED';
  }

  /** @param count how many are here, where that is known */
  connected(count: number | undefined): void {
    this.#connection = { type: 'CONNECTED' };
    this.#delayedUntil = 0;
    this.count(count);
  }

  /** @param inMs when the next attempt to come back begins */
  away(inMs: number): void {
    this.#connection = { type: 'AWAY', againAt: performance.now() + inMs };
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

  unsent(count: number): void {
    if (count === this.#unsent) return;
    this.#unsent = count;
    this.update();
  }

  /** What was said is read so much later; 0 when all of it is read. */
  delayed(ms: number): void {
    if (ms === 0 && this.#delayedUntil === 0) return;
    this.#delayedUntil = ms === 0 ? 0 : performance.now() + ms;
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
    if (toGo > 0) {
      // At the next whole second, so that no number is passed over.
      this.#timer = setTimeout(() => this.update(), toGo % TICK_MS || TICK_MS);
      this.#timer.unref();
    }
    this.show(this.#spans(toGo));
  }

  #spans(toGoMs: number): Span[] {
    const isAway = this.#connection.type === 'AWAY';
    const seconds = Math.ceil(toGoMs / 1000);
    const rest = [
      this.#unsent > 0 && `${this.#unsent} unsent`,
      !isAway && toGoMs > 0 && `sending in ${seconds} s`,
    ].filter(Boolean);
    const first = {
      text: this.#first(seconds, rest.length > 0),
      style: isAway ? { bold: true } : { dim: true },
    };
    return [first, ...rest.map(part => ({ text: ` · ${part}`, style: { dim: true } }))];
  }

  #first(seconds: number, isShort: boolean): string {
    if (this.#connection.type === 'CONNECTING') return 'connecting…';
    if (this.#connection.type === 'AWAY')
      return seconds > 0 ? `reconnecting in ${seconds} s` : 'reconnecting…';
    if (this.#count === undefined) return 'connected';
    return isShort ? `${this.#count} here` : `connected · ${this.#count} here`;
  }
}
