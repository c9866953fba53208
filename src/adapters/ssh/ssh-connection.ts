import type { Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type PublicKeyAuthContext, type ServerConfig } from 'ssh2';
import type { LogFields } from '../../application/server/log-fields.js';
import type { Logger } from '../../application/server/service-ports.js';
import type { Allowance } from '../wire/listen/allowance.js';
import type { Turns } from '../wire/listen/turns.js';
import { Intake } from './intake.js';
import { Login, type LoginRequest, type MaySpeak } from './login.js';
import { listenTo, type Wish } from './ssh-session.js';
import type { SshTerminal } from './ssh-terminal.js';
import type { Ending, Visitor } from './visit.js';

/** What connections have in common. */
export interface SshHost {
  readonly config: ServerConfig;
  readonly logger: Pick<Logger, 'debug' | 'info' | 'error'>;
  /** `loginTimeoutMs`: milliseconds from connecting to being in the room. */
  readonly limits: { readonly loginTimeoutMs: number };
  readonly maySpeak: MaySpeak;
  /** Those of all connections together. */
  readonly turns: Turns;
  /** The key of a line of OpenSSH; nothing when it is of a type that cannot be used. */
  keyOf(line: string): string | undefined;
  /** Does what is wanted. */
  visit(wish: Wish, visitor: Visitor): Promise<Ending>;
  /** Told why a connection is cut. */
  onCut(reason: string): void;
  /** Told when somebody is in, and no longer a stranger. */
  onEntered(connection: SshConnection): void;
}

/** What has to be answered and is not read, in bytes, before it is enough: answers to requests, which cost a client little. */
const MAX_UNREAD = 512 * 1024;
/** Input that waits for somebody who does not read what is answered; as much as waits before the line itself has to. */
const MAX_UNHEARD = 512 * 1024;
const MUCH_UNHEARD = 128 * 1024;

/** Keys are exchanged anew after an hour or a gigabyte, not all the time. */
const MAX_REKEYS_A_MINUTE = 5;
const MINUTE_MS = 60_000;

/** How often it is seen whether input that waits was read, in milliseconds. */
const LOOK_MS = 20;

/** How long a client has to hang up when all is over, in milliseconds. */
const FAREWELL_MS = 2000;

const WITHOUT_KEYS: 'keyboard-interactive'[] = ['keyboard-interactive'];
const METHODS: ('publickey' | 'keyboard-interactive')[] = ['publickey', ...WITHOUT_KEYS];

/** RSA signatures are over one of these: not over SHA-1. */
const RSA_HASHES = ['sha256', 'sha512'];

/** One connection over ssh: from the exchange of keys to the end of the only channel that it may have. */
export class SshConnection {
  /** While it is open. */
  terminal: SshTerminal | undefined;
  #login: Login | undefined;
  #username = '';
  #hasBegun = false;
  #isCut = false;
  #hasSession = false;
  #rekeys: number[] = [];
  readonly #grace: NodeJS.Timeout;
  readonly #intake: Intake;

  constructor(
    private readonly socket: Socket,
    private readonly address: string | undefined,
    private readonly host: SshHost,
    /** What all from there may make the server work. */
    private readonly light: Allowance | undefined,
  ) {
    this.#grace = setTimeout(() => this.destroy('NOT_JOINED_IN_TIME'), host.limits.loginTimeoutMs);
    socket.once('close', () => this.#closed());
    this.#intake = new Intake(socket, host.turns, ms => this.#worked(ms));
    new ssh2.Server(host.config, client => this.#greet(client)).injectSocket(socket);
  }

  /** Cuts the line at once. @param reason for the log */
  destroy(reason: string): void {
    if (this.socket.destroyed) return;
    this.#isCut = true;
    this.host.logger.info(this.#fields({ reason }), 'ssh connection cut');
    this.host.onCut(reason);
    this.socket.destroy();
  }

  #greet(client: Connection): void {
    client.on('error', (error: Error & { code?: unknown; level?: string }) => this.#broke(error));
    client.on('authentication', context => void this.#authenticate(context));
    client.on('rekey', () => this.#rekeyed());
    client.on('session', (accept, reject) => {
      if (this.#hasSession) return reject();
      this.#hasSession = true;
      const onWork = (ms: number) => this.#rest(ms);
      listenTo(accept(), this.socket, wish => void this.#begin(wish), onWork);
    });
  }

  /** ssh2 hangs up, and waits for the client to do so as well, who may not be there to do it. */
  #broke(error: Error & { readonly code?: unknown; readonly level?: string }): void {
    const code = String(error.code ?? error.message);
    this.host.logger.debug(this.#fields({ code }), 'ssh connection broke');
    if (error.level === 'client-timeout') this.destroy('SILENT');
    else this.#farewell();
  }

  async #authenticate(context: AuthContext): Promise<void> {
    this.#username = context.username;
    this.#login ??= new Login(context.username, this.host.maySpeak);
    const answer = await this.#login.answer(this.#requestOf(context)).catch((err: unknown) => {
      this.host.logger.error({ err }, 'fault while letting somebody in over ssh');
      return 'hang up' as const;
    });
    if (answer === 'yes') context.accept();
    else if (answer === 'hang up') this.destroy('TOO_MANY_ATTEMPTS');
    else context.reject(answer === 'no' ? METHODS : WITHOUT_KEYS);
  }

  #requestOf(context: AuthContext): LoginRequest {
    const { method } = context;
    if (method === 'none' || method === 'keyboard-interactive') return { method };
    if (method !== 'publickey') return { method: 'other' };
    const { algo, data } = context.key;
    const isWeak = algo === 'ssh-rsa' && !RSA_HASHES.includes(context.hashAlgo ?? '');
    const key = isWeak ? undefined : this.host.keyOf(`${algo} ${data.toString('base64')}`);
    return { method, key, ...(context.signature && { isSigned: () => this.#isSigned(context) }) };
  }

  #isSigned({ key, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean {
    const since = performance.now();
    const parsed = ssh2.utils.parseKey(key.data);
    const isSigned =
      !(parsed instanceof Error) &&
      blob !== undefined &&
      signature !== undefined &&
      parsed.verify(blob, signature, hashAlgo) === true; // or false, or an Error
    this.#rest(performance.now() - since);
    return isSigned;
  }

  async #begin(wish: Wish): Promise<void> {
    this.#hasBegun = true;
    const { terminal } = wish;
    this.terminal = terminal;
    const ending = await this.host
      .visit(wish, {
        username: this.#username,
        address: this.address,
        provenKey: this.#login?.provenKey,
        isForeign: this.#login?.isForeign === true,
        hasMoreKeys: this.#login?.hasMoreKeys === true,
        entered: () => this.#entered(),
      })
      .catch((err: unknown) => {
        this.host.logger.error({ err }, 'fault while serving somebody over ssh');
        return { text: 'Something went wrong inside the server.', code: 1 };
      });
    terminal.end(ending.text, ending.code);
    terminal.output.once('finish', () => this.#farewell()).once('close', () => this.#farewell());
  }

  /** The client hangs up by itself; one that is hung up on takes it for a failure. */
  #farewell(): void {
    setTimeout(() => this.socket.destroy(), FAREWELL_MS).unref();
  }

  #entered(): void {
    clearTimeout(this.#grace);
    this.host.onEntered(this);
  }

  #closed(): void {
    clearTimeout(this.#grace);
    this.terminal?.hangUp();
    this.terminal = undefined;
    if (this.#hasBegun || this.#isCut) return; // what somebody does in the room is told there
    this.host.logger.info(this.#fields({ reason: 'NOT_JOINED' }), 'ssh connection ended');
  }

  #rekeyed(): void {
    const now = performance.now();
    this.#rekeys = [...this.#rekeys.filter(at => now - at < MINUTE_MS), now];
    if (this.#rekeys.length > MAX_REKEYS_A_MINUTE) this.destroy('TOO_MANY_REKEYS');
  }

  #worked(ms: number): void {
    const { unheard = 0, stalledMs = 0 } = this.terminal ?? {};
    if (this.socket.writableLength > MAX_UNREAD) this.destroy('TOO_SLOW');
    else if (unheard > MAX_UNHEARD) this.destroy('TOO_FAST');
    else if (unheard > MUCH_UNHEARD && stalledMs === 0) this.#waitToBeHeard();
    this.#rest(ms);
  }

  /** Nothing more is read until the input is; unless the client has to say that it takes what waits for it. */
  #waitToBeHeard(): void {
    this.#intake.hold(release => {
      const look = setInterval(() => {
        const { unheard = 0, stalledMs = 0 } = this.terminal ?? {};
        if (unheard > MUCH_UNHEARD && stalledMs === 0 && !this.socket.destroyed) return;
        clearInterval(look);
        release();
      }, LOOK_MS);
    });
  }

  /** After so much work nothing is read until the others from there, and all else, had their time. */
  #rest(workedMs: number): void {
    const restMs = this.light?.take(workedMs) ?? 0;
    if (restMs > 0) this.#intake.hold(release => setTimeout(release, restMs));
  }

  #fields(more: LogFields): LogFields {
    const { address } = this;
    return { ...(address !== undefined && { address }), ...more };
  }
}
