interface Awaited {
  readonly isSo: () => boolean;
  readonly resolve: () => void;
}

/** Waits for what entries bring about. */
export class EntryWatch {
  readonly #awaited = new Set<Awaited>();

  /** Entries were read. */
  look(): void {
    for (const { isSo, resolve } of this.#awaited) if (isSo()) resolve();
  }

  /**
   * Resolves as soon as it is so.
   * @param failed resolves when it never will be, and why
   * @param late after how many milliseconds, and with what, it is waited for no longer
   */
  async until(
    isSo: () => boolean,
    failed: Promise<Error>,
    late?: { readonly afterMs: number; readonly failure: () => Error },
  ): Promise<void> {
    if (isSo()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const awaited = { isSo, resolve };
    this.#awaited.add(awaited);
    void failed.then(reject);
    const timer = late && setTimeout(() => reject(late.failure()), late.afterMs).unref();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#awaited.delete(awaited);
    }
  }
}
