import type { EventStore } from '../room-log-ports.js';

/** The place where this server keeps its copy of a room that several servers share: it can be made again of the journal. */
export interface RoomCopies {
  /** From now on no other server has its copies there. Called once, before everything else. @throws {RoomLogFailure} IN_USE */
  open(): void;
  /** Idempotent. */
  close(): void;
  /** The journals of which there is a copy of this room. */
  list(): readonly string[];
  /** Where it is, as the operator is told. */
  pathOf(journal: string): string;
  /** The epoch up to which the copy goes; nothing when there is no copy, or it was not noted. */
  epochOf(journal: string): string | undefined;
  /** @throws {RoomLogFailure} */
  note(journal: string, epoch: string): void;
  /** A store that is not open yet, of a copy that is there or is begun. */
  store(journal: string): EventStore;
  /** Removes the copy, whose store is closed. @throws {RoomLogFailure} */
  discard(journal: string): void;
}
