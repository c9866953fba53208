import type { JoinRequest, SessionRequest } from '../chat-request.js';
import { ClientConnection, type ClientConnectionListener, type JoinAnswer } from './client-connection.js';
import { ConnectFailure, type NewLink, type Signer } from './ports.js';
import { Route } from './route.js';

/** What a Join says, but for what the connector knows better. */
export type JoinIntent = { readonly username: string } & Omit<SessionRequest, 'attempt' | 'key'>;

/** How long a server may take to answer a Join, in milliseconds. */
const JOIN_TIMEOUT_MS = 10_000;

/** How long it may be silent at the first extended Join before it is asked in the basic form. */
const PROBE_MS = 2000;

/**
 * How long to wait for the first Join when the second one is refused: the first may hold the name, and wait for brokers that have no
 * leader, or prove whose it is.
 */
const LATE_PROBE_MS = 8000;

/**
 * As long as there are others, an address may take so long to be reached, and so long to answer, in milliseconds: a second try of
 * TCP is after one second.
 */
const HURRIED_MS = 3000;

export interface ConnectorListener extends ClientConnectionListener {
  /** What answers at one of several addresses has another key than is expected, and was told nothing. Once for each. */
  onOtherKey(address: string, failure: ConnectFailure): void;
}

/** Opens connections and says Join, in the form that the server understands. */
export class Connector {
  readonly #connections = new Set<ClientConnection>();
  readonly #listener: ConnectorListener;
  readonly #toldKeys = new Set<string>();
  #hasToldUnproven = false;
  #isBasic = false;
  #count = 0;

  constructor(
    private readonly newLink: NewLink,
    private readonly introduce: () => JoinIntent,
    listener: ConnectorListener,
    private readonly joinTimeoutMs: number = JOIN_TIMEOUT_MS,
    private readonly signer?: Pick<Signer, 'publicKey' | 'sign'>,
    /** Where it connects to; that is for others to say. */
    readonly route: Route = new Route(),
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
    const isLeft = isSilent && this.route.hasOther;
    // No server of the basic form alone encrypts: this one is slow.
    if (isSilent && !isLeft && probe.link.peer?.isEncrypted) return this.#awaitLate(probe);
    if (!isSilent || isLeft) this.#drop(probe);
    if (isLeft) return answer;
    this.#isBasic = true;
    const basic = await this.#open().catch((error: unknown) => {
      if (isSilent || !(error instanceof ConnectFailure)) throw error;
    });
    if (basic === undefined) return answer;
    let decided = await Promise.race([basic.answerWithin(this.joinTimeoutMs), whenJoined(probe)]);
    if (isSilent && (decided.type === 'NAME_TAKEN' || decided.type === 'REFUSED')) {
      const late = await probe.answerWithin(LATE_PROBE_MS);
      if (late.type === 'JOINED' || late.type === 'REFUSED') decided = late;
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
      this.passOver(error);
      return { type: 'NOT_REACHED', code: error.code };
    }
  }

  /** Tells whose key is another one, where that is not the end: others are tried. */
  passOver(failure: ConnectFailure): void {
    const { address } = this.route;
    if (failure.code !== 'OTHER_KEY' || address === undefined || this.#toldKeys.has(address)) return;
    this.#toldKeys.add(address);
    this.#listener.onOtherKey(address, failure);
  }

  async #enterAgain(): Promise<JoinAnswer> {
    const connection = await this.#open();
    const { hasOther } = this.route;
    const answer = await connection.answerWithin(hasOther ? HURRIED_MS : this.joinTimeoutMs);
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

  async #awaitLate(probe: ClientConnection): Promise<JoinAnswer> {
    const answer = await probe.answerWithin(this.joinTimeoutMs);
    if (answer.type !== 'JOINED') this.#drop(probe);
    return answer;
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
    const connection = new ClientConnection(
      attempt,
      this.newLink(this.route.index),
      request,
      this.#listener,
      signer,
    );
    this.#connections.add(connection);
    const timer = this.route.hasOther ? setTimeout(() => connection.close(), HURRIED_MS) : undefined;
    try {
      await connection.open();
    } catch (error) {
      this.#drop(connection);
      throw error;
    } finally {
      clearTimeout(timer);
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
