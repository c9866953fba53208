import type { ModerationEntry } from '../../domain/moderation.js';

// The ports of the server that operators need.

/**
 * What operators have done, in one order, kept for good; several servers may share it.
 * Contract: test/contracts/moderation-log.test.ts
 */
export interface ModerationLog {
  /**
   * Resolves when the listener was told all that was appended before; from then on it is told each entry that follows, of
   * this server and of others, in their order, each once. Called once, before everything else.
   * @throws {RoomLogFailure | JournalFailure}
   */
  open(listener: (entry: ModerationEntry) => void): Promise<void>;
  /**
   * Appends what `decide` makes of all that the listener was told: nothing comes between the two. When another server was
   * faster, it is asked again, knowing of that. Resolves, when it is kept and told, to the entry; to nothing when `decide`
   * makes nothing. Rejects with what `decide` throws.
   * Where the log is on another machine it is settled when it is known what has become of it, however long that takes.
   * @throws {Refusal} DISK_FULL, or NOT_RECORDED: it is as if it had not been tried. OUTCOME_UNKNOWN when it was closed before.
   */
  append(decide: () => ModerationEntry | undefined): Promise<ModerationEntry | undefined>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** What is known of addresses on the Internet, and of networks of them. */
export interface Networks {
  /** The address or network that a text names, in the form in which it is compared and shown; nothing when it is none. */
  parse(text: string): string | undefined;
  contains(network: string, address: string): boolean;
  /** The network that one household has of which this is an address; nothing where it is this machine itself. */
  origin(address: string): string | undefined;
}
