/** How long somebody has to look elsewhere for what comes then to be marked as new, in milliseconds. */
const AWAY_MS = 10_000;

/** What somebody who looks elsewhere has not read. */
export class Attention {
  #messages = 0;
  #mentions = 0;
  /** By the clock, since when nobody looks; nothing while somebody does, or where the terminal does not tell. */
  #awaySince: number | undefined;
  #isMarked = false;

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly now: () => number,
    private readonly changed: (messages: number, mentions: number) => void,
  ) {}

  look(isHere: boolean): void {
    if (isHere === (this.#awaySince === undefined)) return;
    this.#awaySince = isHere ? undefined : this.now();
    this.#isMarked = false;
    this.#messages = 0;
    this.#mentions = 0;
    this.changed(0, 0);
  }

  /** A message has come; answers since when nobody has looked, if it is the first that is to be marked as new. */
  heard(isMention: boolean): number | undefined {
    if (this.#awaySince === undefined) return undefined;
    this.#messages++;
    if (isMention) this.#mentions++;
    this.changed(this.#messages, this.#mentions);
    if (this.#isMarked || this.now() - this.#awaySince < AWAY_MS) return undefined;
    this.#isMarked = true;
    return this.#awaySince;
  }
}
