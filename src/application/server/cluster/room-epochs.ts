import type { Seq } from '../../../domain/events.js';

/** The epochs of a journal, as JSON can hold them. */
export type KeptEpochs = readonly (readonly [epoch: string, first: Seq])[];

/** The stretches of a room, each of which goes on where something was lost of the one before. */
export class RoomEpochs {
  #all: KeptEpochs;
  #last: string;

  /** @param first of a journal without any loss */
  constructor(first: string) {
    this.#all = [[first, 1]];
    this.#last = first;
  }

  get all(): KeptEpochs {
    return this.#all;
  }

  get last(): string {
    return this.#last;
  }

  /** The place, in a room that ends at `head`, of what was at `seq` in an epoch; nothing when it is of another journal. */
  locate(epoch: string, seq: Seq, head: Seq): Seq | undefined {
    const at = this.#all.findIndex(([known]) => known === epoch);
    if (at === -1) return undefined;
    const later = this.#all.slice(at + 1).map(([, first]) => first - 1);
    return Math.min(seq, head, ...later);
  }

  begin(epoch: string, first: Seq): void {
    this.#all = [...this.#all, [epoch, first]];
    this.#last = epoch;
  }

  restore(kept: KeptEpochs): void {
    this.#all = [];
    for (const [epoch, first] of kept) this.begin(epoch, first);
  }
}
