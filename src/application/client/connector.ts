import type { JoinRequest, SessionRequest } from '../chat-request.js';
import { ClientConnection, type ClientConnectionListener, type JoinAnswer } from './client-connection.js';
import { ConnectFailure, type NewLink, type Signer } from './ports.js';

/** What a Join says, but for what the connector knows better. */
export type JoinIntent = { readonly username: string } & Omit<SessionRequest, 'attempt' | 'key'>;

/** How long a server may take to answer a Join, in milliseconds. */
const JOIN_TIMEOUT_MS = 10_000;

/** How long it may be silent at the first extended Join before it is asked in the basic form. */
const PROBE_MS = 2000;

/** How long to wait for the first Join when the second one is refused: the first may hold the name, or prove whose it is. */
const LATE_PROBE_MS = 1000;

/** Opens connections and says Join, in the form that the server understands. */
export class Connector {
  readonly #connections = new Set<ClientConnection>();
  readonly #listener: ClientConnectionListener;
  #hasToldUnproven = false;
  #isBasic = false;
  #count = 0;

  constructor(
    private readonly newLink: NewLink,
    private readonly introduce: () => JoinIntent,
    listener: ClientConnectionListener,
    private readonly joinTimeoutMs: number = JOIN_TIMEOUT_MS,
    private readonly signer?: Pick<Signer, 'publicKey' | 'sign'>,
  ) {
    const onUnproven = (asked: string, reached: string) => {
      if (!this.#hasToldUnproven) listener.onUnproven(asked, reached);
      this.#hasToldUnproven = true; // it stays so
    };
    this.#listener = { ...listener, onUnproven };
  }

  /** Counts on after the connections of a program that spoke for the session before. */
  countFrom(number: number): void {
    this.#count = number;
  }

  /**
   * The first connection: in the extended form, and in the basic one with a server that does not understand.
   * @throws {ConnectFailure}
   */
  async enter(): Promise<JoinAnswer> {
    this.#isBasic = false;
    const [probe, answer] = await this.#probe();
    if (!mayBeBasic(answer)) return answer;
    // A server that is only slow may still admit the first Join, and hold the name for it.
    const isSilent = answer.type === 'NO_ANSWER';
    if (!isSilent) this.#drop(probe);
    this.#isBasic = true;
    const basic = await this.#open().catch((error: unknown) => {
      if (isSilent || !(error instanceof ConnectFailure)) throw error;
    });
    if (basic === undefined) return answer;
    let decided = await Promise.race([basic.answerWithin(this.joinTimeoutMs), whenJoined(probe)]);
    if (isSilent && (decided.type === 'NAME_TAKEN' || decided.type === 'REFUSED')) {
      const late = await probe.answerWithin(LATE_PROBE_MS);
      if (late.type === 'JOINED') decided = late;
    }
    this.#isBasic = !probe.isInside;
    for (const connection of [probe, basic]) if (!connection.isInside) this.#drop(connection);
    return decided;
  }

  /**
   * One more attempt. A server that seemed to know only the basic form is tried in the extended one first: it may have
   * been replaced by a newer one, or have been slow.
   */
  async again(): Promise<JoinAnswer> {
    this.close();
    try {
      return this.#isBasic ? await this.enter() : await this.#enterAgain();
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error;
      return { type: 'NOT_REACHED', code: error.code };
    }
  }

  async #enterAgain(): Promise<JoinAnswer> {
    const connection = await this.#open();
    const answer = await connection.answerWithin(this.joinTimeoutMs);
    if (answer.type !== 'JOINED') this.#drop(connection);
    if (answer.type === 'ENDED' && answer.end === 'NOT_UNDERSTOOD') this.#isBasic = true;
    return answer;
  }

  /** An extended Join, and its answer; once more if the connection broke, which says nothing about the server. */
  async #probe(): Promise<[ClientConnection, JoinAnswer]> {
    const first = await this.#open();
    const answer = await first.answerWithin(PROBE_MS);
    if (!isBroken(answer)) return [first, answer];
    this.#drop(first);
    const second = await this.#open().catch((error: unknown) => {
      if (!(error instanceof ConnectFailure)) throw error;
    });
    return second === undefined ? [first, answer] : [second, await second.answerWithin(PROBE_MS)];
  }

  /** Hangs up every connection. */
  close(): void {
    for (const connection of this.#connections) this.#drop(connection);
  }

  /** A connection over which a Join is on its way. @throws {ConnectFailure} */
  async #open(): Promise<ClientConnection> {
    const attempt = ++this.#count;
    const { username, ...rest } = this.introduce();
    const { signer } = this;
    const extended = { ...rest, attempt, ...(signer && { key: signer.publicKey }) };
    const request: JoinRequest = this.#isBasic ? { username } : { username, extended };
    const connection = new ClientConnection(attempt, this.newLink(), request, this.#listener, signer);
    this.#connections.add(connection);
    try {
      await connection.open();
    } catch (error) {
      this.#drop(connection);
      throw error;
    }
    return connection;
  }

  #drop(connection: ClientConnection): void {
    this.#connections.delete(connection);
    connection.close();
  }
}

/** Whether the server did not understand an extended Join, or may not have. */
export function mayBeBasic(answer: JoinAnswer): boolean {
  if (answer.type === 'NO_ANSWER' || answer.type === 'STRANGE' || isBroken(answer)) return true;
  return answer.type === 'ENDED' && answer.end === 'NOT_UNDERSTOOD';
}

/** Whether the connection was lost before the server said anything. */
function isBroken(answer: JoinAnswer): boolean {
  return answer.type === 'ENDED' && (answer.end === 'LOST' || answer.end === 'NOT_CHATTY');
}

/** Resolves only if the connection joins. */
function whenJoined(connection: ClientConnection): Promise<JoinAnswer> {
  return new Promise(resolve => {
    void connection.answer.then(answer => {
      if (answer.type === 'JOINED') resolve(answer);
    });
  });
}
