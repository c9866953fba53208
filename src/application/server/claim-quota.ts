const DAY_MS = 86_400_000;

/** How many names were claimed from one place on one day: keys cost nothing, places do. */
export class ClaimQuota {
  readonly #counts = new Map<string, number>();
  #since = performance.now();

  constructor(private readonly limits: { readonly claimsPerDay: number }) {}

  /** Counts one more, unless it is one too many. @param origin the place; nothing where there is no limit */
  take(origin: string | undefined): boolean {
    if (performance.now() - this.#since >= DAY_MS) {
      this.#counts.clear();
      this.#since = performance.now();
    }
    if (origin === undefined) return true;
    const count = this.#counts.get(origin) ?? 0;
    if (count >= this.limits.claimsPerDay) return false;
    this.#counts.set(origin, count + 1);
    return true;
  }

  /** It was not claimed. */
  giveBack(origin: string | undefined): void {
    const count = origin === undefined ? 0 : (this.#counts.get(origin) ?? 0);
    if (origin !== undefined && count > 0) this.#counts.set(origin, count - 1);
  }
}
