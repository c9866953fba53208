import { MemoryEventStore, type MemoryLimits } from '../../src/adapters/memory/memory-event-store.js';
import type { RoomCopies } from '../../src/application/server/cluster/room-copies.js';

/** Copies of a room that are gone with the process. */
export class MemoryRoomCopies implements RoomCopies {
  constructor(private readonly limits: MemoryLimits) {}

  open(): void {}

  close(): void {}

  list(): readonly string[] {
    return [];
  }

  pathOf(journal: string): string {
    return journal;
  }

  epochOf(): string | undefined {
    return undefined;
  }

  note(): void {}

  store(): MemoryEventStore {
    return new MemoryEventStore(this.limits);
  }

  discard(): void {}
}
