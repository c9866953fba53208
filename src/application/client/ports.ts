import type { Seq } from '../../domain/events.js';
import type { ChatRequest, JoinRequest, OutgoingMessage, ServerAddress } from '../chat-request.js';
import type { ChatResponse, ToldEnd } from '../chat-response.js';
import type { ClientEvent } from './client-event.js';
import type { UserCommand } from './user-command.js';

/**
 * How a link to a server ended: its own doing, or what the other side or the network did. NOT_UNDERSTOOD: the server
 * said that it does not know the extended Join, which nothing else tells then.
 */
export type LinkEnd = ToldEnd | 'CLOSED' | 'NOT_CHATTY' | 'NOT_UNDERSTOOD';

export type ConnectFailureCode =
  | 'REFUSED'
  | 'UNKNOWN_HOST'
  | 'TIMED_OUT'
  | 'UNREACHABLE'
  | 'NOT_ENCRYPTED'
  /** Before anything was said: a server does that which has too many connections. */
  | 'HUNG_UP'
  | 'OTHER_KEY'
  | 'NO_KNOWN_SERVERS';

export interface ConnectFailureDetails extends ErrorOptions {
  /** With OTHER_KEY, the pin of the key that was found, and whether the one that was expected was given by the person. */
  readonly found?: string;
  readonly isGiven?: boolean;
  /** With NO_KNOWN_SERVERS, the file that cannot be read. */
  readonly path?: string;
  /** How many other addresses of the room could not be reached either. */
  readonly others?: number;
}

/** Why a client could not reach a server. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';

  constructor(
    readonly code: ConnectFailureCode,
    readonly address: ServerAddress,
    readonly details: ConnectFailureDetails = {},
  ) {
    super(`${code} ${address.host} ${address.port}`, details);
  }
}

/** Who is at the other end of an open link. */
export interface Peer {
  /** What a proof that is for this server only calls it: the pin of its key on an encrypted link, else its address. */
  readonly name: string;
  readonly isEncrypted: boolean;
  /** Nothing was known of it: from now on it is expected to have this key. */
  readonly isNew?: true;
  /** That cannot be written down: another program will take it for new again. */
  readonly isUnwritten?: true;
}

/** The keys of servers that a person has joined before. Contract: test/contracts/known-servers.test.ts */
export interface KnownServers {
  /** Where they are kept, for people. */
  readonly location: string;
  /** The pin of the key that the server at this address had; nothing where it is new. @throws when they cannot be read */
  pinOf(server: ServerAddress): Promise<string | undefined>;
  /**
   * Whether it was written down; at least this program knows it from now on. Never rejects: where nothing can be kept, the
   * server is a new one to the next program.
   */
  remember(server: ServerAddress, pin: string): Promise<boolean>;
}

/** A person's key, with which they prove that a name is theirs. Tests: test/unit/adapters/keys/own-keys.test.ts */
export interface Signer {
  /** Ed25519, 32 bytes in base64url. */
  readonly publicKey: string;
  /** As OpenSSH writes it: `ssh-ed25519 AAAA…`; and its fingerprint, `SHA256:…`. */
  readonly line: string;
  readonly fingerprint: string;
  /** Where it is kept, for people. */
  readonly source: string;
  /** The signature of a text, good for joining and nothing else; 64 bytes in base64url. @throws {KeyFailure} */
  sign(text: string): Promise<string>;
}

export type KeyFailureCode =
  | 'NOT_FOUND'
  | 'NOT_READABLE'
  | 'NOT_WRITABLE'
  | 'WIDE'
  | 'NOT_A_KEY'
  | 'PUBLIC'
  | 'ENCRYPTED'
  | 'OTHER_TYPE'
  | 'NO_AGENT'
  | 'NOT_IN_AGENT'
  | 'NOT_SIGNED';

/** Why a key cannot be used, and which: a file, an agent's socket, a fingerprint. */
export class KeyFailure extends Error {
  override readonly name = 'KeyFailure';

  constructor(
    readonly code: KeyFailureCode,
    readonly about: string,
    options?: ErrorOptions,
  ) {
    super(`${code} ${about}`, options);
  }
}

/** A client's line to the room, from one connection to its end. Contract: test/contracts/room-link.test.ts */
export interface RoomLink {
  /** Known once `open` has resolved. */
  readonly peer: Peer | undefined;
  /** Resolves when commands can be sent. Called once. @throws {ConnectFailure} */
  open(listener: RoomLinkListener): Promise<void>;
  /** Sends a Join; the answer comes as a response. What follows is in the same form. */
  join(request: JoinRequest): void;
  /** Answers a Challenge, which came instead of Joined. */
  prove(signature: string): void;
  /**
   * Sends a message under the name that was joined with; resolves when the next one may follow (back-pressure), not
   * when it arrived. With a `ref`, which only the extended form carries, the answer is Accepted or Refused.
   * @throws {MessageTooLong} when the line would be more than a server reads; nothing was sent then.
   */
  send(message: OutgoingMessage, ref?: string): Promise<void>;
  /** Sends a Leave after all that was sent before; the link ends when the server has hung up, or soon after. */
  leave(): void;
  /** Asks for a sign of life: the answer is a Pong with the same number. Extended form only, as `request`. */
  ping(id: number): void;
  /** Asks something; the answer is a ChatAnswer with the same `ref`, or Refused. */
  request(ref: string, request: ChatRequest): void;
  /** Until the promise resolves, responses are left to wait with the server; a few may still come. */
  pauseUntil(ready: Promise<void>): void;
  /** Hangs up at once; one that is being opened is given up, if it can be. Idempotent. */
  close(): void;
}

/** Makes a line to the room, not yet open: one for every attempt. @param address to which of several, counted from 0 */
export type NewLink = (address?: number) => RoomLink;

export interface RoomLinkListener {
  /** Every response in order, none after `onEnd`. */
  onResponse(response: ChatResponse): void;
  /** Once, whatever happens, if `open` resolved. */
  onEnd(end: LinkEnd): void;
}

/** How far somebody has read: a sequence number, in an epoch. Both or none. */
export interface ReadingPlace {
  readonly since?: Seq;
  readonly epoch?: string;
}

/** What was said and is not confirmed yet; the server knows by the `ref` whether it has it. */
export interface UnsentMessage {
  readonly ref: string;
  readonly message: OutgoingMessage;
}

/** What a client has to say to take up a session. */
export interface SavedSession extends ReadingPlace {
  /** That resumes the session; a new one where there is none yet. */
  readonly token: string;
  /** No connection that spoke for the session had a higher number. */
  readonly attempt: number;
  /** What the program before has not sent, in order. */
  readonly unsent?: readonly UnsentMessage[];
}

/** Another program of the same person, on this machine, that speaks under the name. */
export interface OtherProgram {
  readonly pid: number;
  readonly sinceMs: number;
}

/** A person's session under one name with one server, in the hands of this program. None of its methods throws. */
export interface OwnSession {
  /** What the program before has left, if it did not leave the room. */
  readonly saved: SavedSession;
  /** Everything up to here was shown. */
  readTo(epoch: string, seq: Seq): void;
  /** All that is not confirmed now; not there where that is lost with the program. */
  keep?(unsent: readonly UnsentMessage[]): void;
  /** The server knows that the session is over: the next one is a new one. Idempotent, as `release`. */
  forget(): void;
  /** Another program may take the session up. */
  release(): void;
}

/** A person's own sessions, kept when a program ends before it left. Contract: test/contracts/own-sessions.test.ts */
export interface OwnSessions {
  /**
   * Makes this program the only one here that speaks under the name; resolves to the one that does already, unless this
   * one takes over. Never throws: where nothing can be kept, every session is a new one.
   */
  claim(username: string, takesOver?: boolean): Promise<OwnSession | OtherProgram>;
}

/** What a person has entered at the prompt, kept from one time to the next. None of its methods throws or rejects. */
export interface InputLog {
  /** The newest entries, oldest first. */
  read(): Promise<readonly string[]>;
  add(entry: string): void;
}

/** A message that does not fit into one line of the wire; bytes of that line. */
export class MessageTooLong extends Error {
  override readonly name = 'MessageTooLong';

  constructor(
    readonly limit: number,
    readonly actual: number,
  ) {
    super(`${actual} of ${limit} bytes`);
  }
}

/** The person at the client: what they type and what they see. Contract: test/contracts/chat-view.test.ts */
export interface ChatView {
  /** Whether somebody is there who reads what is shown, and can be asked again. */
  readonly isInteractive: boolean;
  /** Resolves when the person wants to go at once (Ctrl-C, or a signal that calls `close`); not at the end of input. */
  readonly interrupted: Promise<void>;
  /** Shows `question` and resolves to the line typed; to nothing at the end of input or an interrupt. */
  ask(question: string): Promise<string | undefined>;
  /**
   * Every command, in order; ends at the end of the input or an interrupt. Iterated once. Input is read when the next
   * command is asked for; what is no command the view answers by itself, and gives out as `invalid` if it is a mistake.
   */
  commands(): AsyncIterable<UserCommand>;
  /**
   * Shows without disturbing what is being typed. Nothing of a message reaches a terminal raw. Answers with a
   * promise when it is full: it resolves when there is room again.
   */
  show(event: ClientEvent): Promise<void> | undefined;
  /** Gives the terminal back, unblocks `ask` and `commands`; lines typed before are still given out. Idempotent. */
  close(): void;
}
