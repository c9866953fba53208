/** Several lines that were pasted: nobody has agreed yet to say them as one message. */
export class PastedLines {
  #count = 0;
  #pieces = 0;

  /** In how many pieces they came. */
  get pieces(): number {
    return this.#pieces;
  }

  get isOpen(): boolean {
    return this.#count > 0;
  }

  /** Takes a paste of so many lines, which may go on with the one before. */
  add(count: number): void {
    if (this.#count === 0 && count === 1) return;
    this.#count = Math.max(1, this.#count) + count - 1;
    this.#pieces++;
  }

  /** The question is answered, or the text has become one's own. */
  settle(): void {
    this.#count = 0;
    this.#pieces = 0;
  }

  /** @param refusal why the text cannot be said as it is */
  question(refusal: string | undefined, columns: number): string {
    if (refusal !== undefined) return `${refusal}, or Esc to drop the paste`;
    const question = `Paste ${this.#count} lines as one message? Enter sends, Esc drops`;
    return question.length < columns ? question : `${this.#count} lines, one message? Enter/Esc`;
  }
}
