/** A state of the editor: its text, and the cursor in it in UTF-16 units. */
export interface Snapshot {
  readonly text: string;
  readonly cursor: number;
}

/** States that are remembered, and what they may hold together in UTF-16 units. */
const MAX_SNAPSHOTS = 200;
const MAX_LENGTH = 4 * 1024 * 1024;

/** The states before each change, newest last; the oldest are forgotten. */
export class Undo {
  readonly #snapshots: Snapshot[] = [];
  #length = 0;

  add(snapshot: Snapshot): void {
    this.#snapshots.push(snapshot);
    this.#length += snapshot.text.length;
    while (this.#snapshots.length > MAX_SNAPSHOTS || this.#length > MAX_LENGTH) {
      this.#length -= this.#snapshots.shift()?.text.length ?? 0;
    }
  }

  take(): Snapshot | undefined {
    const snapshot = this.#snapshots.pop();
    this.#length -= snapshot?.text.length ?? 0;
    return snapshot;
  }

  clear(): void {
    this.#snapshots.length = 0;
    this.#length = 0;
  }
}
