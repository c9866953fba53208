import type { ModerationEntry } from '../../domain/moderation.js';

// The ports of the server that operators need.

/** What operators have done, in their order, kept for good. Contract: test/contracts/moderation-log.test.ts */
export interface ModerationLog {
  /** All that was appended before. Called once, before everything else. @throws {RoomLogFailure} */
  open(): readonly ModerationEntry[];
  /** It is kept when this returns. @throws {Refusal} DISK_FULL or NOT_RECORDED, and it is as if it had not been tried */
  append(entry: ModerationEntry): void;
  /** Idempotent. */
  close(): void;
}

/** What is known of addresses on the Internet, and of networks of them. */
export interface Networks {
  /** The address or network that a text names, in the form in which it is compared and shown; nothing when it is none. */
  parse(text: string): string | undefined;
  contains(network: string, address: string): boolean;
  /** The network that one household has of which this is an address; nothing where it is this machine itself. */
  origin(address: string): string | undefined;
}
