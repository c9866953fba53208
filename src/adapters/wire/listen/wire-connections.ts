import { Meter } from '../../../application/server/meter.js';
import type { RoomFeed } from '../../../application/server/room-feed.js';
import type { Logger } from '../../../application/server/service-ports.js';
import type { Connections } from '../../../application/server/transport-ports.js';
import type { UseCases } from '../../../application/server/use-cases.js';
import { type ArrivalLimits, Arrivals } from './arrivals.js';
import type { Channel } from './channel.js';
import type { SharedTime } from './command.js';
import { Connection, type ConnectionLimits, TICK_MS } from './connection.js';
import { Door, type DoorLimits } from './door.js';
import { Guest } from './guest.js';
import { Newcomers } from './newcomers.js';
import { type Origin, type OriginLimits, Origins } from './origins.js';
import { TurnedAway, type TurnedAwayBy } from './turned-away.js';
import { Questions, Turns } from './turns.js';
import { type VoiceLimits, Voices } from './voices.js';

export interface WireConnectionsOptions
  extends ConnectionLimits,
    VoiceLimits,
    ArrivalLimits,
    OriginLimits,
    DoorLimits {
  /** Of all transports together. */
  readonly maxConnections: number;
  /** How long a session outlives its connection, in milliseconds. */
  readonly graceMs: number;
}

/** How many connections beyond the limit are told so before they are ended; more of them are just cut. */
const POLITE_REFUSALS = 64;

/** The same of one address. */
const POLITE_REFUSALS_OF_ONE = 8;

/**
 * When a server stops, its clients are told after how long to come back, in milliseconds: the first when it may be there
 * again, and each of the others so much later than the one before. To take up a session costs a millisecond if it is encrypted.
 * Nobody who can take up theirs, or has not joined, is waited for longer than the first wait: one laptop that sleeps, or
 * one scanner, would keep all others out.
 */
const BACK_FIRST_MS = 500;
const BACK_APART_MS = 1;
/** All of them in this part of the time in which they can take up their sessions. */
const BACK_WITHIN = 1 / 2;

/** All clients that speak the wire, of every transport. */
export class WireConnections implements Connections {
  readonly #connections = new Set<Connection>();
  readonly #time: SharedTime = { turns: new Turns(), questions: new Questions() };
  readonly #newcomers = new Newcomers<Connection>();
  readonly #origins: Origins;
  readonly #door: Door;
  readonly #voices: Voices;
  readonly #arrivals: Arrivals;
  readonly #turnedAway: TurnedAway;
  #count = 0;
  #closing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: WireConnectionsOptions,
    private readonly useCases: UseCases,
    private readonly feed: Pick<RoomFeed, 'congestion'>,
    private readonly logger: Logger,
    private readonly meter: Meter = new Meter(),
  ) {
    this.#origins = new Origins(options);
    this.#turnedAway = new TurnedAway(logger);
    const onCut = ({ address }: Pick<Channel, 'address'>) => this.#turnedAway.count('CONNECT_RATE', address);
    this.#door = new Door(options, onCut, meter.limits);
    this.#voices = new Voices(options);
    this.#arrivals = new Arrivals(options, meter.limits);
  }

  get load() {
    const transports: Record<string, number> = { tcp: 0, web: 0, ssh: 0 };
    const load = { encrypted: 0, plain: 0, transports, waitingBytes: 0 };
    for (const { isEncrypted, transport, backlog } of this.#connections) {
      transports[transport] = (transports[transport] ?? 0) + 1;
      load[isEncrypted ? 'encrypted' : 'plain']++;
      load.waitingBytes += backlog;
    }
    return load;
  }

  /** Serves one client until its line is down, at once or when it may come in. */
  accept(channel: Channel): void {
    this.#time.turns.hurry();
    this.knock(channel, () => this.serve(channel));
  }

  /**
   * Calls `open` when one more may come in from there, or cuts the line: for what costs much before there is a channel, which
   * is given to `serve` then.
   */
  knock(line: Pick<Channel, 'address' | 'destroy'>, open: () => void): void {
    if (this.#closing !== undefined) open();
    else this.#door.enter(line, this.#origins.of(line.address), open);
  }

  /** Counts one that was not let in, and tells the operator: here, or by a transport before there is a channel. */
  turnAway(reason: TurnedAwayBy, address: string | undefined): void {
    this.#turnedAway.count(reason, address);
    this.meter.turnAway(reason);
  }

  /** Serves one client, who has knocked, until its line is down. */
  serve(channel: Channel): void {
    this.#serve(channel, this.#origins.of(channel.address));
  }

  /** Where there is no place, who has not joined yet gives way. */
  #serve(channel: Channel, origin: Origin | undefined): void {
    const excess = this.#origins.excess(channel.address);
    this.#origins.count(channel.address, channel.closed());
    const isCrowd = excess > POLITE_REFUSALS_OF_ONE;
    let hasPlace = excess > 0 && this.#makePlace(isCrowd, origin);
    if (isCrowd && !hasPlace) {
      this.#cut(channel, 'TOO_MANY_FROM_ADDRESS');
      return;
    }
    const tooMany = this.#connections.size + 1 - this.options.maxConnections;
    if (tooMany > 0 && excess === 0) hasPlace = this.#makePlace(tooMany > POLITE_REFUSALS);
    if (tooMany > POLITE_REFUSALS && !hasPlace && this.#closing === undefined) {
      this.#cut(channel, 'TOO_MANY_CONNECTIONS');
      return;
    }
    const connection = this.#add(channel, origin);
    if (this.#closing !== undefined) connection.end('STOPPING');
    else if (hasPlace || (tooMany <= 0 && excess === 0)) this.#newcomers.add(connection, origin);
    else if (tooMany > 0) connection.end('TOO_MANY_CONNECTIONS');
    else connection.end('TOO_MANY_FROM_ADDRESS');
  }

  /** So many come that there is no time to tell each of them why. */
  #cut(channel: Channel, reason: TurnedAwayBy): void {
    this.turnAway(reason, channel.address);
    channel.destroy();
  }

  #add(channel: Channel, origin: Origin | undefined): Connection {
    this.meter.accepted++;
    const forget = () => this.#newcomers.delete(connection);
    const connection = new Connection(
      ++this.#count,
      channel,
      this.useCases,
      this.feed,
      this.options,
      this.logger,
      this.#time,
      new Guest(this.#voices, this.#arrivals, origin, forget, this.#door.lightOf(origin)),
      this.meter,
    );
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    void connection.closed().then(() => {
      forget();
      this.#connections.delete(connection);
    });
    return connection;
  }

  /** Ends who has waited longest without joining, of one origin or of all; false when nobody does. */
  #makePlace(isCrowd: boolean, origin?: Origin): boolean {
    const oldest = this.#newcomers.takeOldest(origin);
    if (isCrowd) oldest?.destroy();
    else oldest?.end('NOT_JOINED_IN_TIME');
    return oldest !== undefined;
  }

  expect(sessions: number): void {
    this.#door.expect(sessions, this.options.graceMs);
  }

  close(withinMs: number): Promise<void> {
    this.#closing ??= this.#close(withinMs);
    return this.#closing;
  }

  async #close(withinMs: number): Promise<void> {
    this.#door.clear();
    const began = performance.now();
    const reading = new Set(this.#connections);
    const told = reading.size;
    const late = new Set<Connection>();
    const cut = (some: Iterable<Connection>) => {
      for (const connection of some)
        if (reading.has(connection)) {
          late.add(connection);
          connection.destroy();
        }
    };
    const carefree = [...reading].filter(({ losesNothing }) => losesNothing);
    this.#stopAll(reading, withinMs);
    const timers = [
      setTimeout(() => cut(carefree), Math.min(withinMs, BACK_FIRST_MS)),
      setTimeout(() => cut(reading), withinMs),
    ];
    const each = [...reading].map(connection => connection.closed().then(() => reading.delete(connection)));
    await Promise.all(each);
    for (const timer of timers) clearTimeout(timer);
    this.#turnedAway.stop();
    if (told === 0) return; // perhaps nobody could come in at all
    const durationMs = Math.round(performance.now() - began);
    this.logger.info({ told, late: late.size, durationMs }, 'everybody was told that the server stops');
  }

  /** Tells each of them, and when to come back if they can. */
  #stopAll(connections: ReadonlySet<Connection>, withinMs: number): void {
    const returning = [...connections].filter(({ mayComeBack }) => mayComeBack);
    const apartMs = Math.min(BACK_APART_MS, (this.options.graceMs * BACK_WITHIN) / returning.length);
    const places = new Map(returning.map((connection, place) => [connection, place]));
    for (const connection of connections) {
      const place = places.get(connection);
      const retryAfterMs = place === undefined ? undefined : Math.round(BACK_FIRST_MS + place * apartMs);
      connection.stop(retryAfterMs, withinMs);
    }
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
