const DAY_MS = 86_400_000;

/** How many names were claimed from one place on one day: keys cost nothing, places do. */
export class ClaimQuota {
  readonly #counts = new Map<string, number>();
  #since = performance.now();

  constructor(private readonly limits: { readonly claimsPerDay: number }) {}

  /** Whether one more may be claimed. @param origin the place; nothing where there is no limit */
  allows(origin: string | undefined): boolean {
    if (performance.now() - this.#since >= DAY_MS) {
      this.#counts.clear();
      this.#since = performance.now();
    }
    return origin === undefined || (this.#counts.get(origin) ?? 0) < this.limits.claimsPerDay;
  }

  count(origin: string | undefined): void {
    if (origin !== undefined) this.#counts.set(origin, (this.#counts.get(origin) ?? 0) + 1);
  }
}
