import type { JoinRequest } from '../../../application/chat-request.js';
import type { Challenge } from '../../../application/join-proof.js';
import type { Handshake } from '../../../application/server/handshake.js';
import type { UseCases } from '../../../application/server/use-cases.js';
import { Refusal, type RefusalCode } from '../../../domain/refusal.js';
import type { SessionId } from '../../../domain/session.js';
import { ExtendedJoin, type Join, type Prove } from '../commands.js';
import type { Guest } from './guest.js';
import type { ResponseWriter } from './response.js';

/** Of a connection: what the client can call this server, and where it comes from, where that makes a difference. */
export interface Place {
  getServer(): string;
  readonly origin?: string | undefined;
  /** What the transport knows already of who they are. */
  readonly provenKey?: string | undefined;
  readonly endsSession?: boolean | undefined;
}

/** Who has come in, or come back. */
export interface Entry {
  readonly session: SessionId;
  readonly username: string;
  readonly isResumed: boolean;
  /** How long its connection may be silent, as it was told; in milliseconds. Nothing in the basic form. */
  readonly silenceMs?: number;
}

/** Told how somebody's way in has ended. */
export interface AdmissionListener {
  onJoined(entry: Entry): void;
  /** @param username as they have given it */
  onJoinRefused(username: string, code: RefusalCode): void;
}

/** How one connection's client comes in: by its Join, and the proof of its key that it may be asked for. */
export class Admission {
  /** The Join that waits for a proof. */
  #challenged: { readonly request: JoinRequest; readonly challenge: Challenge } | undefined;
  /** A connection is challenged once: a signature costs a hundred times what a command does. */
  #wasChallenged = false;

  /** @param place what the client can call this server, and where it comes from */
  constructor(
    private readonly useCases: Pick<UseCases, 'joinUser' | 'proveKey'>,
    private readonly responses: ResponseWriter,
    private readonly guest: Pick<Guest, 'arrive' | 'turn'>,
    private readonly listener: AdmissionListener,
    private readonly place: Place,
  ) {}

  /** Resolves to the session that the connection speaks for; to nothing when a proof has to come first. @throws {Refusal} */
  join(command: Join): Promise<SessionId | undefined> {
    return this.#tellingOf(command.username, () => this.#join(requestOf(command)));
  }

  /** The same, by the answer to the challenge. @throws {Refusal} KEY_WRONG where there was none, or it is answered already; TOO_MANY_JOINS */
  prove(proof: Prove): Promise<SessionId> {
    return this.#tellingOf(this.#challenged?.request.username ?? '', () => this.#prove(proof));
  }

  async #tellingOf<T>(username: string, enter: () => Promise<T>): Promise<T> {
    try {
      return await enter();
    } catch (error) {
      if (error instanceof Refusal) this.listener.onJoinRefused(username, error.code);
      throw error;
    }
  }

  async #join(request: JoinRequest): Promise<SessionId | undefined> {
    this.responses.form = request.extended === undefined ? 'basic' : 'extended';
    this.#challenged = undefined;
    if (request.extended?.key === undefined || this.place.provenKey !== undefined)
      return this.#enter(request);
    const challenge = await this.useCases.proveKey.execute(request, this.place.getServer());
    if (challenge === undefined) return this.#enter(request);
    if (this.#wasChallenged) throw new Refusal('KEY_WRONG');
    this.#wasChallenged = true;
    this.#challenged = { request, challenge };
    this.responses.challenge(challenge);
    return undefined;
  }

  async #prove({ signature }: Prove): Promise<SessionId> {
    const challenged = this.#challenged;
    this.#challenged = undefined;
    if (challenged === undefined) throw new Refusal('KEY_WRONG');
    // Before it is checked, which costs more than all else: a wrong one is an arrival too.
    this.guest.arrive();
    return this.#enter(challenged.request, { ...challenged.challenge, signature });
  }

  async #enter(request: JoinRequest, proof?: Handshake['proof']): Promise<SessionId> {
    const { responses } = this;
    const { origin, provenKey, endsSession } = this.place;
    let entry = undefined as Omit<Entry, 'session'> | undefined;
    const session = await this.useCases.joinUser.execute({
      request,
      ...(proof !== undefined && { proof }),
      ...(origin !== undefined && { origin }),
      ...(provenKey !== undefined && { provenKey }),
      ...(endsSession === true && { endsSession }),
      outlet: responses,
      ...(proof === undefined && { entering: () => this.guest.arrive() }),
      turn: () => this.guest.turn(() => !responses.ended),
      joined: (username, welcome) => {
        responses.joined(username, welcome);
        entry = {
          username,
          isResumed: welcome?.resumed === true,
          ...(welcome !== undefined && { silenceMs: welcome.silenceMs }),
        };
      },
      history: messages => responses.history(messages),
    });
    // It has none when the session has gone on elsewhere meanwhile.
    if (entry !== undefined) this.listener.onJoined({ session, ...entry });
    return session;
  }
}

function requestOf(command: Join): JoinRequest {
  const { username } = command;
  if (!(command instanceof ExtendedJoin)) return { username };
  const { username: _, attempt = 0, key, ...asked } = command;
  return { username, extended: { attempt, ...asked, ...(key !== undefined && { key }) } };
}
