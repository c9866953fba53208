// The ports of the server that are about whom names belong to.

/** A name that belongs to whoever has one of its keys. */
export interface Claim {
  /** As its owner spelled it first. */
  readonly username: string;
  /** Ed25519 keys, in base64url; those of other types as lines of OpenSSH. */
  readonly keys: readonly string[];
  /** When it was claimed, and when its owner was here last, to the day; in milliseconds since 1970. */
  readonly claimedAt: number;
  readonly usedAt: number;
}

/**
 * Which name is whose; names in any spelling. Contract: test/contracts/name-claims.test.ts
 * Whatever changes something throws a Refusal when it cannot be kept: DISK_FULL or NOT_RECORDED.
 */
export interface NameClaims {
  /** Whether nobody may be here under a name that has no owner. */
  readonly isComplete: boolean;
  /** Called once, before everything else. @throws {RoomLogFailure} */
  open(): Promise<void>;
  /** The claim on this name, if it has not expired. */
  ownerOf(username: string): Promise<Claim | undefined>;
  /** The claim on a name that this one can be taken for, or on this one. */
  resembling(username: string): Promise<Claim | undefined>;
  /**
   * The claim on this name, which is made for the key if there was none: of several at a time, one. Nothing when the
   * key has as many names as it may, all have, or too many were claimed from the same place (`origin`).
   * @throws {Refusal} NAME_UNLISTED where a list says who is who; NAME_RESEMBLES another one that was claimed at the same moment
   */
  claim(username: string, key: string, origin?: string): Promise<Claim | undefined>;
  /** The owner is here: the claim lasts from now on. Does nothing when there is none. */
  touch(username: string): Promise<void>;
  /**
   * Does nothing to a key that is there.
   * @param by the key of the owner who asks: it has to be one of the name's until the other is added
   * @throws {Refusal} KEY_LIMIT, KEY_LISTED; KEY_NEEDED when there is no claim, or it is not the owner who asks
   */
  addKey(username: string, key: string, by: string): Promise<Claim>;
  /** As with `addKey`. @throws {Refusal} KEY_UNKNOWN, KEY_LISTED, KEY_NEEDED */
  removeKey(username: string, key: string, by: string): Promise<Claim>;
  close(): Promise<void>;
}

/**
 * What is kept now, of all names or of those that were changed; `removed` are names without a claim, in any spelling. `put` is
 * in the order in which they were kept.
 */
export type ClaimChanges =
  | { readonly all: readonly Claim[] }
  | { readonly put: readonly Claim[]; readonly removed: readonly string[] };

/**
 * Where a ClaimRegister keeps claims, and perhaps those of other servers and programs at the same time. Whoever changes one
 * says what they believe is kept under the name: of several who change one at once, one does, and the others look again.
 * Contract: test/contracts/claim-store.test.ts
 */
export interface ClaimStore {
  /** All that are kept. Called once, before everything else. @throws {RoomLogFailure | JournalFailure} */
  open(): Promise<readonly Claim[]>;
  /**
   * What was changed since the last look, whoever did it: one's own changes as soon as they are kept, those of others soon
   * after, and at once what stood in one's own way. Nothing when there is nothing new. @throws {Error} when it cannot be read
   */
  changed(): ClaimChanges | undefined;
  /**
   * Keeps it if what is kept under this name, in any spelling, is still `before`. Resolves to whether it was, when `changed`
   * tells of all that was kept before, under whatever name; nothing is changed otherwise. Where claims are on another machine
   * it is settled when it is known what has become of it, however long that takes.
   * @throws {Refusal} DISK_FULL or NOT_RECORDED; OUTCOME_UNKNOWN when it was closed before
   */
  put(claim: Claim, before: Claim | undefined): Promise<boolean>;
  /** Removes it if it is still kept. Resolves to whether it was, as `put` does. @throws {Refusal} as `put` */
  remove(claim: Claim): Promise<boolean>;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * What is known of keys: an Ed25519 one is 32 bytes in base64url, one of another type its line of OpenSSH without a comment.
 * Contract: test/unit/adapters/keys/ed25519-proofs.test.ts
 */
export interface KeyProofs {
  /** 32 bytes that nobody can guess, in base64url. */
  nonce(): string;
  /** The key that is meant: by itself, or as a line of OpenSSH (`ssh-ed25519 AAAA… comment`). Nothing when it is none. */
  keyOf(text: string): string | undefined;
  /** Whether a client can prove it with a signature of its own: the others a transport has to prove. */
  canSign(key: string): boolean;
  /** The key as OpenSSH has it in its files: `ssh-ed25519 AAAA…`. */
  lineOf(key: string): string;
  /** As `ssh-keygen -lf` prints it: `SHA256:…`. */
  fingerprintOf(key: string): string;
  /** Ten characters that people can read to each other, of 50 bits: `7K3M9-2QFXA`. */
  codeOf(key: string): string;
  /** Whether the signature of this text, for the purpose of joining, is by this key. Never throws. */
  verify(key: string, text: string, signature: string): boolean;
}
