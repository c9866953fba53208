import type { Limit, Tally } from '../../../application/server/meter.js';
import type { RoomFeed } from '../../../application/server/room-feed.js';
import type { LineSplitter } from '../line-splitter.js';
import { Allowance, rate } from './allowance.js';
import { sleep } from './sleep.js';
import { SLICE_MS, type Turns } from './turns.js';
import type { Voice } from './voices.js';

export interface PaceLimits {
  /** Commands a second, and as many at once; a faster sender is read more slowly, and nothing is dropped. */
  readonly maxRate: number;
}

/** After how many lines, or bytes of them, it is looked at whether there is time for more. */
const LOOK_EVERY = 16;
const LOOK_BYTES = 4 * 1024;
/** The slower a sender may be, the more often it is looked at; at every line where each counts. */
const LOOK_PART = 1 / 100;

/**
 * Who works no more than this has not worked much lately, and works at once, in milliseconds a second, and at once. A line
 * takes 0.01 to 0.1 ms.
 */
const LIGHT = rate(5, 2);

/** How often a client is told that it is read later, in milliseconds. */
const TOLD_AGAIN_MS = 1000;

/** A delay from which on the client is told of it, in milliseconds. */
const TOLD_DELAY_MS = 250;

/** How fast one connection is read: for how long at a time, how many lines, and how much of what its user says. */
export class Pace {
  /** What the user may say; nothing before there is one. */
  voice: Voice | undefined;
  readonly #lookEvery: number;
  readonly #perLineMs: number;
  readonly #commands: Allowance;
  readonly #ownLight = new Allowance(LIGHT, LIGHT.burst);
  #lines = 0;
  #bytes = 0;
  #messages = 0;
  #spokenBytes = 0;
  #endsAt = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  /**
   * @param onDelayed called when the client should know that it is read later, in so many milliseconds
   * @param sharedLight what may be worked at once before there is a user, shared with others
   */
  constructor(
    { maxRate }: PaceLimits,
    private readonly feed: Pick<RoomFeed, 'congestion'>,
    private readonly turns: Turns,
    private readonly onDelayed: (ms: number) => void,
    private readonly sharedLight?: Allowance,
    private readonly reached?: Pick<Tally<Limit>, 'add'>,
  ) {
    this.#lookEvery = Math.max(1, Math.min(LOOK_EVERY, Math.floor(maxRate * LOOK_PART)));
    this.#perLineMs = 1000 / maxRate;
    this.#commands = new Allowance(rate(maxRate, maxRate));
  }

  get #light(): Allowance {
    return this.voice === undefined ? (this.sharedLight ?? this.#ownLight) : this.#ownLight;
  }

  /** Whether it may work now; else it waits for its turn. */
  get mayWork(): boolean {
    return this.turns.hasTime || this.#light.waitMs === 0;
  }

  /** Whether the slice of time is over. */
  get isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }

  /** A slice of time begins. */
  begin(): void {
    this.#endsAt = performance.now() + SLICE_MS;
  }

  /** Does a part of the slice's work. */
  work(task: () => void): void {
    const began = performance.now();
    task();
    const ms = performance.now() - began;
    if (this.#light.take(ms) > 0) this.turns.spend(ms);
  }

  /** One line was processed: blank ones and nonsense cost as well. */
  countLine(bytes: number): void {
    this.#lines++;
    this.#bytes += bytes;
  }

  /** It was a message. */
  countMessage(bytes: number): void {
    this.#messages++;
    this.#spokenBytes += bytes;
  }

  /** Whether it is time to look; while there is congestion, at every message. */
  get isDue(): boolean {
    if (this.#lines >= this.#lookEvery || this.#bytes >= LOOK_BYTES) return true;
    return this.#messages > 0 && (this.voice?.isLimited === true || this.feed.congestion !== undefined);
  }

  /**
   * Resolves when the lines that are left may be processed; nothing when they may be at once. A sender who is faster than
   * allowed is read later, and one who is loud while readers cannot follow as well: who is quiet waits for nobody.
   */
  look(rest: Pick<LineSplitter<Buffer>, 'waiting'>): Promise<void> | undefined {
    const { voice } = this;
    const linesDelayMs = this.#commands.take(this.#lines);
    const voiceDelayMs = voice?.said(this.#messages, this.#spokenBytes) ?? 0;
    this.#lines = this.#bytes = this.#messages = this.#spokenBytes = 0;
    const delayMs = Math.max(linesDelayMs, voiceDelayMs);
    if (delayMs > 0) {
      this.reached?.add(voice !== undefined && voiceDelayMs >= linesDelayMs ? voice.reached : 'max-rate');
      this.tellDelay(delayMs, rest, voiceDelayMs > 0 ? (voice?.eachMs ?? 0) : this.#perLineMs);
      return sleep(delayMs);
    }
    const { congestion } = this.feed;
    const quietInMs = congestion === undefined ? 0 : (voice?.quietInMs ?? 0);
    if (congestion === undefined || quietInMs === 0) return undefined;
    return Promise.race([congestion, sleep(quietInMs)]);
  }

  /** Lets the client know, not too often, how long what it has sent already will take, if people notice that. */
  tellDelay(ms: number, rest: Pick<LineSplitter<Buffer>, 'waiting'>, eachMs: number): void {
    const now = performance.now();
    if (now - this.#toldAt < TOLD_AGAIN_MS) return;
    const allMs = ms + rest.waiting * eachMs;
    if (allMs < TOLD_DELAY_MS) return;
    this.#toldAt = now;
    this.onDelayed(allMs);
  }
}
