import { SERVER_USERNAME } from '../../domain/name-limits.js';
import type { Absence } from '../../domain/refusal.js';
import type { JoinRequest } from '../chat-request.js';
import type { ChatMemo, ChatResponse, ToldEnd, Welcome } from '../chat-response.js';
import { type Challenge, proofText } from '../join-proof.js';
import type { ConnectFailureCode, LinkEnd, RoomLink, Signer } from './ports.js';

/**
 * Why a challenge was not answered. FOREIGN: it is for another server, `asked`, than the one that was reached. NOT_SIGNED: the
 * key could not be used.
 */
export type NotProven =
  | { readonly type: 'NOT_PROVEN'; readonly why: 'FOREIGN'; readonly asked: string; readonly reached: string }
  | { readonly type: 'NOT_PROVEN'; readonly why: 'NOT_SIGNED'; readonly problem: unknown };

/** What became of a Join. */
export type JoinAnswer =
  | { readonly type: 'JOINED' | 'STRANGE' | 'NO_ANSWER' }
  | { readonly type: 'NOT_REACHED'; readonly code?: ConnectFailureCode }
  | { readonly type: 'NAME_TAKEN'; readonly holder?: Absence }
  /** `retryAfterMs`: it works again after that time. */
  | {
      readonly type: 'REFUSED';
      readonly reason: string;
      readonly code?: string;
      readonly retryAfterMs?: number;
    }
  | { readonly type: 'ENDED'; readonly end: LinkEnd }
  | NotProven;

/** How long after a proof the answer to it is waited for at least, in milliseconds. */
const PROVEN_MS = 2000;

/** After so many unknown responses, and none that is known, the server is not a chat server. */
const MAX_STRANGE_RESPONSES = 3;

export interface ClientConnectionListener {
  /** Once, before `answer` resolves, and before any other response. */
  onJoined(connection: ClientConnection, memo: ChatMemo, welcome?: Welcome): void;
  /** A challenge was for another server, on a line whose ends may well call it otherwise: it joins without a proof. */
  onUnproven(asked: string, reached: string): void;
  /** Every response after Joined. */
  onResponse(connection: ClientConnection, response: ChatResponse): void;
  /** A connection that had joined is closed by the other side, or lost. */
  onEnd(connection: ClientConnection, end: LinkEnd): void;
}

/** One connection, one Join, and what is said until its end. */
export class ClientConnection {
  readonly #answer = Promise.withResolvers<JoinAnswer>();
  /** Never rejects. Waits as long as the server takes. */
  readonly answer: Promise<JoinAnswer> = this.#answer.promise;
  /** `answered`: with anything but Joined; what a server says after that is not heard. */
  #state: 'joining' | 'answered' | 'joined' | 'leaving' | 'closed' = 'joining';
  #strangeResponses = 0;
  #wasChallenged = false;
  /** Whether more time than usual is needed for the answer: a person may have to allow the signature. */
  #isProving = false;

  constructor(
    /** Of this client's connections, counted from 1. */
    readonly number: number,
    readonly link: RoomLink,
    private readonly request: JoinRequest,
    private readonly listener: ClientConnectionListener,
    private readonly signer?: Pick<Signer, 'sign'>,
  ) {}

  /** Whether it leads into the room. */
  get isInside(): boolean {
    return this.#state === 'joined' || this.#state === 'leaving';
  }

  /** Whether something may be said over it: not after a Leave. */
  get isOpen(): boolean {
    return this.#state === 'joined';
  }

  get isExtended(): boolean {
    return this.request.extended !== undefined;
  }

  /** Resolves when the Join is on its way. @throws {ConnectFailure} */
  async open(): Promise<void> {
    await this.link.open({
      onResponse: response => {
        if (this.#state !== 'closed') this.#onResponse(response);
      },
      onEnd: end => this.#onEnd(end),
    });
    if (this.#state !== 'closed') this.link.join(this.request);
  }

  /** The answer, or NO_ANSWER after `ms` milliseconds: then the connection stays as it was. */
  async answerWithin(ms: number): Promise<JoinAnswer> {
    const silence = Promise.withResolvers<JoinAnswer>();
    const end = () => {
      if (this.#isProving) timer = setTimeout(later, ms);
      else silence.resolve({ type: 'NO_ANSWER' });
    };
    // For a process that was stopped, the answer may lie there unread.
    const later = () => setTimeout(end, 0);
    let timer = setTimeout(later, ms);
    const answer = await Promise.race([this.answer, silence.promise]);
    clearTimeout(timer);
    return answer;
  }

  /** Says Leave, and nothing more. */
  leave(): void {
    this.#state = 'leaving';
    this.link.leave();
  }

  /** Hangs up. The listener is told of nothing more. Idempotent. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#answer.resolve({ type: 'ENDED', end: 'CLOSED' });
    this.link.close();
  }

  #onResponse(response: ChatResponse): void {
    if (this.isInside) this.listener.onResponse(this, response);
    else if (this.#state === 'answered') return;
    else if (response.type === 'Unknown') this.#onStrange();
    else if (response.type === 'Joined') this.#onJoined(response.memo, response.welcome);
    else if (response.type === 'Challenge') void this.#onChallenge(response);
    else if (response.type === 'Duplicate') this.#onTaken(response.holder);
    else if (response.type === 'Refused') this.#refuse(response.content, response);
    else if (response.type === 'Closing') this.#onClosing(response.content, response.end);
    // Before Joined, the server has only one thing to say to a stranger: why not.
    else if (response.type === 'Broadcast' && response.memo.username === SERVER_USERNAME)
      this.#refuse(response.memo.content);
  }

  #onJoined(memo: ChatMemo, welcome: Welcome | undefined): void {
    if (this.isExtended && welcome === undefined) {
      // It has read the name and passed over the rest.
      this.#settle({ type: 'ENDED', end: 'NOT_UNDERSTOOD' });
      return;
    }
    this.#state = 'joined';
    this.listener.onJoined(this, memo, welcome);
    this.#answer.resolve({ type: 'JOINED' });
  }

  /**
   * Signs once, for the server at the other end and for nobody else: a server in the middle could pass another one's
   * challenge on. An encrypted line has one name; on a plain one, a forwarded port has another address at either end.
   */
  async #onChallenge(challenge: Challenge): Promise<void> {
    const { extended, username } = this.request;
    if (this.signer === undefined || extended?.key === undefined || this.#wasChallenged) return;
    const { key: _, ...keyless } = extended;
    this.#wasChallenged = true;
    const { name: reached = '', isEncrypted = false } = this.link.peer ?? {};
    if (challenge.server === '' || challenge.server !== reached) {
      if (isEncrypted) {
        this.#settle({ type: 'NOT_PROVEN', why: 'FOREIGN', asked: challenge.server, reached });
        return;
      }
      this.listener.onUnproven(challenge.server, reached);
      this.link.join({ username, extended: keyless });
      return;
    }
    this.#isProving = true;
    try {
      const signature = await this.signer.sign(proofText(challenge, username));
      if (this.#state !== 'closed') this.link.prove(signature);
    } catch (problem) {
      this.#settle({ type: 'NOT_PROVEN', why: 'NOT_SIGNED', problem });
    } finally {
      // The server's answer is still to come; once it is there, nothing keeps the program.
      const timer = setTimeout(() => {
        this.#isProving = false;
      }, PROVEN_MS);
      void this.answer.then(() => clearTimeout(timer));
    }
  }

  #onTaken(holder: Absence | undefined): void {
    this.#settle({ type: 'NAME_TAKEN', ...(holder && { holder }) });
  }

  /** Told to nobody: it is what the answer to the Join is made of. */
  #onStrange(): void {
    if (++this.#strangeResponses === MAX_STRANGE_RESPONSES) this.#settle({ type: 'STRANGE' });
  }

  /** To somebody who is not in the room yet, any other end is a refusal. */
  #onClosing(content: string, end?: ToldEnd): void {
    if (end === 'SERVER_STOPPING' || end === 'REPLACED') this.#settle({ type: 'ENDED', end });
    else this.#refuse(content);
  }

  #refuse(reason: string, { code, retryAfterMs }: { code?: string; retryAfterMs?: number } = {}): void {
    const more = { ...(code !== undefined && { code }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
    this.#settle({ type: 'REFUSED', reason, ...more });
  }

  /** It is not in the room, whatever the server may say next. */
  #settle(answer: JoinAnswer): void {
    this.#state = 'answered';
    this.#answer.resolve(answer);
  }

  #onEnd(end: LinkEnd): void {
    if (this.#state === 'closed') return;
    const { isInside } = this;
    this.#state = 'closed';
    this.#answer.resolve({ type: 'ENDED', end });
    if (isInside) this.listener.onEnd(this, end);
  }
}
