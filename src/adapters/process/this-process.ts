import { readdirSync, readFileSync } from 'node:fs';
import type { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessVitals } from '../../application/server/service-ports.js';
import type { ProcessReading } from '../../application/server-status.js';

/** How often the event loop is looked at, in milliseconds: what it is late by is beyond that. */
const RESOLUTION_MS = 20;

/** How long a window is in which delays are collected, and for how long they are when nobody asks; in milliseconds. */
const WINDOW_MS = 10_000;
const WATCHED_MS = 60_000;

type DelayHistogram = ReturnType<typeof monitorEventLoopDelay>;
type Delays = ProcessReading['loopDelayMs'];

const NONE: Delays = { mean: 0, p99: 0, max: 0 };

/** This process, as the system and Node see it. The event loop is watched only while somebody asks. */
export class ThisProcess implements ProcessVitals {
  #histogram: DelayHistogram | undefined;
  #last = NONE;
  #timer: NodeJS.Timeout | undefined;
  #askedAt = 0;
  #openFilesLimit: number | undefined;

  get openFilesLimit(): number | undefined {
    this.#openFilesLimit ??= readOpenFilesLimit();
    return this.#openFilesLimit;
  }

  read(): ProcessReading {
    this.#askedAt = performance.now();
    this.#watch();
    const { heapUsed, external, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const openFiles = countOpenFiles();
    const { openFilesLimit } = this;
    return {
      residentBytes: rss,
      heapBytes: heapUsed,
      externalBytes: external,
      cpuUserMs: user / 1000,
      cpuSystemMs: system / 1000,
      busyMs: performance.eventLoopUtilization().active,
      handles: process.getActiveResourcesInfo().length,
      ...(openFiles !== undefined && { openFiles }),
      ...(openFilesLimit !== undefined && { openFilesLimit }),
      loopDelayMs: this.#delays,
    };
  }

  /** Of this window and the one before: whoever else asks takes nothing away. */
  get #delays(): Delays {
    const now = delaysOf(this.#histogram);
    return {
      mean: Math.max(now.mean, this.#last.mean),
      p99: Math.max(now.p99, this.#last.p99),
      max: Math.max(now.max, this.#last.max),
    };
  }

  #watch(): void {
    if (this.#histogram !== undefined) return;
    // Loaded when somebody asks, as few do.
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.enable();
    this.#timer = setInterval(() => this.#turn(), WINDOW_MS).unref();
  }

  /** A window is over. */
  #turn(): void {
    this.#last = delaysOf(this.#histogram);
    this.#histogram?.reset();
    if (performance.now() - this.#askedAt < WATCHED_MS) return;
    clearInterval(this.#timer);
    this.#histogram?.disable();
    this.#histogram = undefined;
    this.#last = NONE;
  }
}

function delaysOf(histogram: DelayHistogram | undefined): Delays {
  if (histogram === undefined || histogram.count === 0) return NONE;
  const beyond = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  return {
    mean: beyond(histogram.mean),
    p99: beyond(histogram.percentile(99)),
    max: beyond(histogram.max),
  };
}

/** Where the system shows them, without the one that it takes to look. */
function countOpenFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}

function readOpenFilesLimit(): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
