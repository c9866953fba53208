import type { ModerationLog } from '../../application/server/moderation-ports.js';
import type { ModerationEntry } from '../../domain/moderation.js';

/** What operators have done, as long as the process runs. */
export class MemoryModerationLog implements ModerationLog {
  readonly #entries: ModerationEntry[] = [];
  #listener: (entry: ModerationEntry) => void = () => {};

  async open(listener: (entry: ModerationEntry) => void): Promise<void> {
    this.#listener = listener;
    this.#entries.forEach(listener);
  }

  async append(decide: () => ModerationEntry | undefined): Promise<ModerationEntry | undefined> {
    const entry = decide();
    if (entry === undefined) return undefined;
    this.#entries.push(entry);
    this.#listener(entry);
    return entry;
  }

  async close(): Promise<void> {}
}
