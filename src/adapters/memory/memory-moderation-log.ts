import type { ModerationLog } from '../../application/server/moderation-ports.js';
import type { ModerationEntry } from '../../domain/moderation.js';

/** What operators have done, as long as the process runs. */
export class MemoryModerationLog implements ModerationLog {
  readonly #entries: ModerationEntry[] = [];

  open(): readonly ModerationEntry[] {
    return [...this.#entries];
  }

  append(entry: ModerationEntry): void {
    this.#entries.push(entry);
  }

  close(): void {}
}
