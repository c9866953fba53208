import type { FilmedScreen, Moment, Recording } from './recording.js';

/** How often the screens are looked at, in milliseconds. */
const SAMPLE_MS = 40;
/** Longest time in which nothing moves, in milliseconds; the rest of a longer one is cut. */
const LONGEST_STILL_MS = 600;

/** Looks at the screens again and again, and keeps what changed and when. */
export class Film implements Recording {
  readonly strips: ReadonlyMap<FilmedScreen, Moment[][]>;
  /** Every state of all screens as text, for people who want to check. */
  readonly transcript: string[] = [];
  #clockMs = 0;
  #lookedAt = performance.now();
  #stillMs = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly screens: readonly FilmedScreen[]) {
    this.strips = new Map(screens.map(screen => [screen, Array.from({ length: screen.rows }, () => [])]));
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS);
  }

  get lengthMs(): number {
    return this.#clockMs;
  }

  /** Shows what is on the screens now for so long in the film, without waiting for it. */
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
    for (const [screen, strips] of this.strips) {
      for (const [row, svg] of screen.drawn().entries()) {
        const strip = strips[row];
        if (strip === undefined || strip.at(-1)?.svg === svg) continue;
        strip.push({ atMs: this.#clockMs, svg });
        hasChanged = true;
      }
    }
    if (!hasChanged) return;
    this.#stillMs = 0;
    const screens = this.screens.map(screen => `[${screen.title}]\n${screen.text().join('\n')}`);
    this.transcript.push(`=== ${(this.#clockMs / 1000).toFixed(2)} s\n${screens.join('\n')}\n`);
  }
}
