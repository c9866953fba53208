import type { EndReason } from '../../../application/server/broadcast-ports.js';
import type { LogFields } from '../../../application/server/log-fields.js';
import { Meter } from '../../../application/server/meter.js';
import type { RoomFeed } from '../../../application/server/room-feed.js';
import type { Logger } from '../../../application/server/service-ports.js';
import type { UseCases } from '../../../application/server/use-cases.js';
import type { NoticeCode } from '../notice.js';
import { ProtocolError } from '../protocol-error.js';
import type { Entry } from './admission.js';
import type { Channel } from './channel.js';
import { CommandReader, type SharedTime } from './command.js';
import type { Guest } from './guest.js';
import { Pace, type PaceLimits } from './pace.js';
import { ResponseWriter } from './response.js';

/** The limits of one connection. */
export interface ConnectionLimits extends PaceLimits {
  /** Bytes of one line, its end not counted. */
  readonly maxLineBytes: number;
  /** Bytes of unread responses that are held in this process. */
  readonly maxBacklogBytes: number;
  /** Milliseconds from connecting to having joined. */
  readonly joinTimeoutMs: number;
}

/** Most UTF-16 units of a name that was refused, in the log. */
const MAX_LOGGED_NAME = 64;

/** How often `tick` is to be called, in milliseconds. */
export const TICK_MS = 1000;

/**
 * One client's connection, from its first byte to its last, over any transport:
 *
 *     connected ──Join──> joined ──Leave, end, error, stop, too slow, silent──> ended ──> closed
 *         └──────────── no Join in time, nonsense, stop ─────────────────────────^
 *
 * The session is without a connection as soon as this one is `ended`; `closed` only waits for the last lines to be
 * read.
 */
export class Connection {
  readonly #commands: CommandReader;
  readonly #responses: ResponseWriter;
  #joinTimer: NodeJS.Timeout | undefined;
  readonly #since = performance.now();
  /** Who is here, for the log. */
  #who: Pick<Entry, 'session' | 'username'> | undefined;
  /** What the system, or TLS, says of a line that broke. */
  #code: string | undefined;
  #waits = 0;
  #silentTicks = 0;
  /** For how long an extended session may be silent, in milliseconds: as its client was told. */
  #silenceMs = Number.POSITIVE_INFINITY;

  constructor(
    /** Identifies the connection in the operator's log. */
    private readonly id: number,
    private readonly channel: Channel,
    useCases: UseCases,
    feed: Pick<RoomFeed, 'congestion'>,
    limits: ConnectionLimits,
    private readonly logger: Logger,
    time: SharedTime,
    guest: Guest,
    private readonly meter: Meter = new Meter(),
  ) {
    this.#responses = new ResponseWriter(channel, limits, reason => this.#onEnd(reason), meter);
    const listener = {
      onJoined: (entry: Entry) => this.#onJoined(entry),
      onJoinRefused: (username: string, code: string) => this.#onJoinRefused(username, code),
      onWait: (work: Promise<void>) => this.#wait(work),
      onFailure: (error: unknown) => this.#onFailure(error),
    };
    const pace = new Pace(
      limits,
      feed,
      time.turns,
      ms => this.#responses.delayed(ms),
      guest.light,
      meter.limits,
    );
    this.#commands = new CommandReader(
      useCases,
      this.#responses,
      listener,
      time,
      pace,
      guest,
      limits.maxLineBytes,
      // Which line it is, and so its name, the client's first byte says.
      {
        origin: guest.origin,
        provenKey: channel.provenKey,
        endsSession: channel.endsSession,
        getServer: () => channel.server,
      },
    );
    this.#joinTimer = setTimeout(() => this.#endUnjoined(), limits.joinTimeoutMs);
    channel.listen({
      onData: chunk => this.#onData(chunk),
      onRefused: reason => this.end(reason),
      onError: error => this.#onError(error),
      onEnd: () => this.end('LEFT'),
    });
  }

  /** Bytes that were written and that the system has not taken yet. */
  get backlog(): number {
    return this.channel.backlog;
  }

  get isEncrypted(): boolean {
    return this.channel.isEncrypted;
  }

  get transport(): string {
    return this.channel.transport ?? 'tcp';
  }

  /** Tells the client the reason, then hangs up. The first reason stands. */
  end(reason: EndReason | NoticeCode): void {
    this.#responses.end(reason);
  }

  /** Whether its client can resume the session over another one. */
  get mayComeBack(): boolean {
    return this.#who !== undefined && this.#responses.form === 'extended' && !this.#responses.ended;
  }

  /** Whether its client loses nothing where it does not read its last lines: it reads them later, or there was nothing yet. */
  get losesNothing(): boolean {
    return this.#who === undefined || this.mayComeBack;
  }

  /** The server stops. @param retryAfterMs when the client is to come back @param withinMs for reading that */
  stop(retryAfterMs: number | undefined, withinMs: number): void {
    this.#responses.end('STOPPING', retryAfterMs === undefined ? {} : { retryAfterMs }, withinMs);
  }

  /** Resolves when the line is down. */
  closed(): Promise<void> {
    return this.channel.closed();
  }

  /** Cuts the line at once. */
  destroy(): void {
    this.channel.destroy();
  }

  /** Called every TICK_MS. Silence is counted in ticks, so that time in which the process was stopped is not. */
  tick(): void {
    if (this.#responses.form === 'basic' || this.#who === undefined || this.#waits > 0) return;
    if (++this.#silentTicks * TICK_MS > this.#silenceMs) this.end('SILENT');
  }

  #onData(chunk: Buffer): void {
    this.#silentTicks = 0;
    this.#commands.read(chunk);
  }

  #onFailure(error: unknown): void {
    if (error instanceof ProtocolError) this.end(error.code);
    else {
      this.logger.error(this.#fields({ err: error }), 'fault while processing a command');
      this.end('FAULT');
    }
  }

  #onJoined({ session, username, isResumed, silenceMs = Number.POSITIVE_INFINITY }: Entry): void {
    this.#who = { session, username };
    this.#silenceMs = silenceMs;
    clearTimeout(this.#joinTimer);
    this.logger.info(this.#fields(), isResumed ? 'session resumed' : 'joined');
  }

  /** A name that is refused may be as long as a line. */
  #onJoinRefused(given: string, code: string): void {
    const username = given.length > MAX_LOGGED_NAME ? `${given.slice(0, MAX_LOGGED_NAME)}…` : given;
    this.logger.info({ ...this.#fields(), username, code }, 'join refused');
  }

  /** Who has said Join is not to blame: what it waits for is the log of the room. */
  #endUnjoined(): void {
    this.end(this.#waits > 0 ? 'CUT_OFF' : 'NOT_JOINED_IN_TIME');
  }

  /** Reads nothing until this, and everything else that is waited for, is done. */
  #wait(ready: Promise<void>): void {
    this.#waits++;
    this.channel.pause();
    void ready.then(() => {
      if (--this.#waits === 0) this.channel.resume();
    });
  }

  /** A reset or a broken pipe is a way of leaving; the line closes by itself after it. */
  #onError(error: NodeJS.ErrnoException): void {
    const code = error.code ?? error.name;
    this.#code ??= code;
    this.logger.debug(this.#fields({ code }), 'connection broke');
  }

  #onEnd(reason: EndReason | NoticeCode): void {
    clearTimeout(this.#joinTimer);
    this.meter.end(reason);
    const durationMs = Math.round(performance.now() - this.#since);
    const code = this.#code;
    this.logger.info(
      this.#fields({ reason, durationMs, ...(code !== undefined && { code }) }),
      'connection ended',
    );
    this.#commands.end();
    // Reading continues: unread bytes would turn the last lines into a reset.
    this.channel.resume();
  }

  #fields(more: LogFields = {}): LogFields {
    const { address } = this.channel;
    return { connection: this.id, ...this.#who, ...(address !== undefined && { address }), ...more };
  }
}
