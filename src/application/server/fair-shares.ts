/** What somebody has in a history. */
export interface Share {
  messages: number;
  bytes: number;
}

/** What a quota counts. */
export type Quantity = keyof Share;

/** A part of the next largest share that is left to whoever has the largest, so that a flood goes in few steps. */
const LEFT_PART = 0.75;

/**
 * Whose messages a history holds, and whose go when it is full. An owner is a word for whom something is kept: an
 * address, a key, or a name where nothing better is known.
 *
 * The oldest message goes, but if its owner has less than half of what the largest has, the oldest of the largest. So
 * nobody loses anything to somebody who has more than twice as much, and among equals it is age that counts.
 */
export class FairShares {
  readonly #byOwner = new Map<string, Share>();
  readonly #total: Share = { messages: 0, bytes: 0 };

  get total(): Readonly<Share> {
    return this.#total;
  }

  of(owner: string): Readonly<Share> {
    return this.#byOwner.get(owner) ?? { messages: 0, bytes: 0 };
  }

  add(owner: string, messages: number, bytes: number): void {
    this.#total.messages += messages;
    this.#total.bytes += bytes;
    const share = this.#byOwner.get(owner);
    if (share === undefined) this.#byOwner.set(owner, { messages, bytes });
    else {
      share.messages += messages;
      share.bytes += bytes;
      if (share.messages <= 0) this.#byOwner.delete(owner);
    }
  }

  clear(): void {
    this.#byOwner.clear();
    this.#total.messages = 0;
    this.#total.bytes = 0;
  }

  /** Who has most, and how much of it can go before somebody else has to give as well. */
  largest(quantity: Quantity): Largest {
    let owner = '';
    let most = 0;
    let next = 0;
    for (const [each, share] of this.#byOwner) {
      const has = share[quantity];
      if (has <= most) {
        if (has > next) next = has;
        continue;
      }
      next = most;
      most = has;
      owner = each;
    }
    return { owner, most, spare: most - next * LEFT_PART };
  }

  /**
   * Whether a message of this owner may go although another one may have more.
   * @param gone how much of what the owner has is to go already
   */
  isAmongLargest(owner: string, quantity: Quantity, { most }: Pick<Largest, 'most'>, gone = 0): boolean {
    return (this.of(owner)[quantity] - gone) * 2 >= most;
  }
}

/** An owner that has more than the others, of messages or of bytes. */
export interface Largest {
  readonly owner: string;
  readonly most: number;
  readonly spare: number;
}
