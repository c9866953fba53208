import type { Pane } from './pane.js';

/** How often the screens are looked at, in milliseconds. */
const SAMPLE_MS = 40;
/** Longest time in which nothing moves, in milliseconds; what takes longer is cut, as people have seen enough of it. */
const LONGEST_STILL_MS = 600;

/** What one row of a screen showed, as SVG, from a moment on. */
export interface Moment {
  readonly atMs: number;
  readonly svg: string;
}

/** Looks at the screens again and again, and keeps what changed and when. */
export class Film {
  /** For each row of each pane, what it showed. */
  readonly strips: ReadonlyMap<Pane, Moment[][]>;
  /** Every state of all screens as text, for people who want to check. */
  readonly transcript: string[] = [];
  #clockMs = 0;
  #lookedAt = performance.now();
  #stillMs = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(readonly panes: readonly Pane[]) {
    this.strips = new Map(panes.map(pane => [pane, Array.from({ length: pane.rows }, () => [])]));
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS);
  }

  get lengthMs(): number {
    return this.#clockMs;
  }

  /** Lets what is to be seen now be seen for so long, without waiting for it. */
  hold(ms: number): void {
    this.#look();
    this.#clockMs += ms;
    this.#stillMs = LONGEST_STILL_MS;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const passedMs = Math.min(now - this.#lookedAt, LONGEST_STILL_MS - this.#stillMs);
    this.#lookedAt = now;
    this.#clockMs += passedMs;
    this.#stillMs += passedMs;
    let hasChanged = false;
    for (const [pane, strips] of this.strips) {
      for (const [row, svg] of pane.drawn().entries()) {
        const strip = strips[row];
        if (strip === undefined || strip.at(-1)?.svg === svg) continue;
        strip.push({ atMs: this.#clockMs, svg });
        hasChanged = true;
      }
    }
    if (!hasChanged) return;
    this.#stillMs = 0;
    const screens = this.panes.map(pane => `[${pane.title}]\n${pane.screen.screen.join('\n')}`);
    this.transcript.push(`=== ${(this.#clockMs / 1000).toFixed(2)} s\n${screens.join('\n')}\n`);
  }
}
