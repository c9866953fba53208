// The port of a room that several servers share: an order of entries, and what else the servers keep or say to each other.

/** The place of an entry: 1, 2, 3, …, with holes where entries were removed; 0 is before the first. */
export type Position = number;

export interface JournalEntry {
  readonly position: Position;
  /** When the journal took it, by its own clock, in milliseconds since 1970. */
  readonly at: number;
  /** As it was appended, or as it was replaced. */
  readonly text: string;
}

export interface OpenedJournal {
  /** Names this journal, and no other one, for as long as it exists. */
  readonly id: string;
  /** Where its entries begin, the last one plus one when there are none. */
  readonly first: Position;
  readonly last: Position;
}

/** Whoever reads a journal. None of the calls throws. */
export interface JournalReader {
  /** The next entries, in order, each once. */
  entries(entries: readonly JournalEntry[]): void;
  /** What was appended and not read since may be lost: it is to be appended again, in its order. */
  appendAgain(): void;
  /** Nothing can be appended at present, and why; `undefined` when that is over. */
  objection(code: 'DISK_FULL' | 'NOT_RECORDED' | undefined): void;
  /**
   * Entries that were read are in it no more, or are other ones: it was deleted, replaced or rolled back. Nothing follows.
   * @param reason as the operator is told, a part of a sentence
   */
  lost(reason: string): void;
}

/** A state of the room that the servers keep, so that one that comes later need not read all that was before. */
export interface Checkpoint {
  /** The last entry of which it is the outcome. */
  readonly position: Position;
  /** What JSON can hold. */
  readonly state: unknown;
}

/**
 * An order of entries that several servers share, and that outlives each of them. Every server reads the same entries in
 * the same order; what is in it is kept as safely as its operator has set it up.
 * Contract: test/contracts/journal.test.ts
 */
export interface Journal {
  /** Makes it if there is none. Called once, before everything else. @throws {JournalFailure} */
  open(): Promise<OpenedJournal>;
  /**
   * Tells the reader all entries after a position, and from then on each one soon after it is in. Called again, it begins
   * anew with another reader.
   */
  follow(after: Position, reader: JournalReader): void;
  /**
   * Sends an entry, of up to `maxBytes` in UTF-8. It may be lost, or be in twice if it was appended again; entries that
   * are appended one after the other may be in in another order after an outage. Whoever reads sees what has become of it.
   */
  append(text: string): void;
  readonly maxBytes: number;
  /** Where it is, as the operator is told: without any password. */
  readonly place: string;
  /** From the newest to the oldest that can be gone on from: every entry after it is there. Whole ones only. */
  checkpoints(): AsyncIterable<Checkpoint>;
  /** Resolves when it is kept. The oldest of many goes. Rejects when it cannot be kept. */
  keep(checkpoint: Checkpoint): Promise<void>;
  /**
   * Looks through the entries that were taken at about this time, for the first one for which `change` has another text: from
   * now on every reader reads that one in its place, and what was there is gone for good. Resolves to whether there was one.
   * Rejects when that cannot be done.
   * @param at in milliseconds since 1970, by the clock of the journal
   */
  replace(at: number, change: (text: string) => string | undefined): Promise<boolean>;
  /** Tells the other servers something that need not arrive, at once. */
  call(text: string): void;
  /** From now on `listener`, too, is told what others call. */
  listen(listener: (text: string) => void): void;
  /** Lets others find this server under a name, until it has another one. */
  answerAs(name: string): void;
  /**
   * Whether a server that answers under this name is there: GONE when none is connected, SILENT when it says nothing
   * within the time, UNKNOWN when this server is itself not connected.
   */
  find(name: string, withinMs: number): Promise<'HERE' | 'SILENT' | 'GONE' | 'UNKNOWN'>;
  /** Since when this server is connected, by `performance.now()`; nothing while it is not. */
  readonly connectedSince: number | undefined;
  /**
   * Since when this server knows of nothing that the journal took, though there is space, by `performance.now()`: it is not
   * connected, or what it is connected to cannot reach the rest. Nothing while all is well.
   */
  readonly outOfTouchSince: number | undefined;
  /** Why it is not connected, where that is known: as operators are told. */
  readonly trouble: string | undefined;
  /** Idempotent. What was appended before is sent, if that is possible within a second. */
  close(): Promise<void>;
}

/**
 * Why a journal could not be opened. UNREACHABLE and NOT_ALLOWED: the server is not there, or lets nobody in with this;
 * TOO_OLD: `found` is its version; NO_STORAGE: it keeps nothing (JetStream is off); NO_SPACE; OTHER_SETTINGS: `found` says
 * which setting of the stream is another one; CUT: its beginning is gone, and no checkpoint is there; NO_FILE: a file that
 * the connection needs cannot be used, `place` is its path; NOT_TRUSTED: its certificate is nobody's that is trusted;
 * KEPT_LOST: the log is there, and what the room keeps beside it is not, `found` says what; NO_ROOM: there is no room of the name that `found` says.
 */
export type JournalFailureCode =
  | 'UNREACHABLE'
  | 'NOT_ALLOWED'
  | 'TOO_OLD'
  | 'NO_STORAGE'
  | 'NO_SPACE'
  | 'OTHER_SETTINGS'
  | 'CUT'
  | 'KEPT_LOST'
  | 'NO_FILE'
  | 'NOT_TRUSTED'
  | 'NO_ROOM'
  | 'UNUSABLE';

export class JournalFailure extends Error {
  override readonly name = 'JournalFailure';

  /** @param place as the operator is told, without any password */
  constructor(
    readonly code: JournalFailureCode,
    readonly place: string,
    readonly found = '',
    options?: ErrorOptions,
  ) {
    super(`${code} ${place}${found === '' ? '' : `: ${found}`}`, options);
  }
}
