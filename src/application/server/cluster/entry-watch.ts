/** Waits for what entries bring about. */
export class EntryWatch {
  #awaited: { readonly isSo: () => boolean; readonly resolve: () => void } | undefined;

  /** Entries were read. */
  look(): void {
    if (this.#awaited?.isSo() === true) this.#awaited.resolve();
  }

  /**
   * Resolves as soon as it is so. One at a time.
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
    this.#awaited = { isSo, resolve };
    void failed.then(reject);
    const timer = late && setTimeout(() => reject(late.failure()), late.afterMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#awaited = undefined;
    }
  }
}
