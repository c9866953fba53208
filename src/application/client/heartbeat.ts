/** Longest wait for an answer to a Ping, and longest silence before one, in milliseconds; a server may want shorter. */
const MAX_PATIENCE_MS = 10_000;
const MAX_QUIET_MS = 30_000;

/** Shortest silence that a server can ask for, in milliseconds: less would be a flood of Pings. */
const MIN_SILENCE_MS = 600;

/** How many ticks an answer may take. */
const PATIENCE_TICKS = 5;
/** And how many after a sleep: whoever wakes up wants to know soon. */
const WAKING_TICKS = 2;

/** An answer that takes longer is a lag worth telling, in milliseconds. */
const LAG_MS = 4000;

export interface HeartbeatListener {
  /** Something has to be said, to be heard or to hear: a Ping. */
  onPingDue(id: number): void;
  /** Nothing has come for so many milliseconds though something was asked; 0 when it has come after all. */
  onLag(ms: number): void;
  /** Nothing has come though there was reason to: the connection is dead. */
  onDead(): void;
}

/**
 * Finds out that a connection is dead that is not closed: half-open, or to a frozen server. Counts ticks of its
 * own, not time: for a process that was stopped for an hour, or a closed laptop, nothing was late. It asks, and waits.
 */
export class Heartbeat {
  readonly #tickMs: number;
  readonly #quietTicks: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastTickAt = performance.now();
  #sinceSaid = 0;
  #sinceHeard = 0;
  #waited: number | undefined;
  /** Ticks since something was asked, a Ping excepted, and nothing was heard. */
  #unanswered: number | undefined;
  #isLagging = false;
  #pings = 0;
  #holds = 0;

  /** @param silenceMs how long the server puts up with silence */
  constructor(
    silenceMs: number,
    private readonly listener: HeartbeatListener,
  ) {
    const third = Math.max(silenceMs, MIN_SILENCE_MS) / 3;
    this.#tickMs = Math.min(third, MAX_PATIENCE_MS) / PATIENCE_TICKS;
    this.#quietTicks = Math.floor(Math.min(third, MAX_QUIET_MS) / this.#tickMs);
    this.#timer = setInterval(() => this.#tick(), this.#tickMs);
  }

  said(): void {
    this.#sinceSaid = 0;
  }

  /** Something was said to which there is an answer. */
  asked(): void {
    this.said();
    this.#unanswered ??= 0;
  }

  heard(): void {
    this.#sinceHeard = 0;
    this.#waited = undefined;
    this.#unanswered = undefined;
    if (!this.#isLagging) return;
    this.#isLagging = false;
    this.listener.onLag(0);
  }

  /** Until the promise resolves nothing is read on purpose, so nothing can be missed. */
  hold(ready: Promise<void>): void {
    this.#holds++;
    void ready.then(() => {
      this.#holds--;
      this.heard();
    });
  }

  /** The program, or the whole machine, was asleep: asks whether the connection has outlived that. */
  wake(): void {
    if (this.#holds > 0) return;
    this.#ping();
    this.#waited = PATIENCE_TICKS - WAKING_TICKS;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    const wasStopped = now - this.#lastTickAt > this.#tickMs * PATIENCE_TICKS;
    this.#lastTickAt = now;
    this.#sinceSaid++;
    this.#sinceHeard++;
    if (this.#unanswered !== undefined && this.#holds === 0) this.#unanswered++;
    if (wasStopped) this.#ping();
    else if (this.#waited !== undefined && this.#holds === 0) this.#wait(this.#waited + 1);
    else if (this.#isQuiet() || this.#unanswered === 1) this.#ping();
  }

  #isQuiet(): boolean {
    const isUnheard = this.#sinceHeard >= this.#quietTicks && this.#holds === 0;
    return isUnheard || this.#sinceSaid >= this.#quietTicks;
  }

  #wait(ticks: number): void {
    this.#waited = ticks;
    const lagMs = Math.max(ticks, this.#unanswered ?? 0) * this.#tickMs;
    if (lagMs >= LAG_MS) {
      this.#isLagging = true;
      this.listener.onLag(lagMs);
    }
    if (ticks >= PATIENCE_TICKS) this.listener.onDead();
  }

  #ping(): void {
    this.#waited = 0;
    this.said();
    this.listener.onPingDue(++this.#pings);
  }
}
