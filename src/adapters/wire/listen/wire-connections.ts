import type { Connections, Logger } from '../../../application/server/ports.js';
import type { RoomFeed } from '../../../application/server/room-feed.js';
import type { UseCases } from '../../../application/server/use-cases.js';
import { type ArrivalLimits, Arrivals } from './arrivals.js';
import type { Channel } from './channel.js';
import type { SharedTime } from './command.js';
import { Connection, type ConnectionLimits, TICK_MS } from './connection.js';
import { Guest } from './guest.js';
import { type OriginLimits, Origins } from './origins.js';
import { Questions, Turns } from './turns.js';
import { type VoiceLimits, Voices } from './voices.js';

export interface WireConnectionsOptions extends ConnectionLimits, VoiceLimits, ArrivalLimits, OriginLimits {
  /** Of all transports together. */
  readonly maxConnections: number;
}

/** How many connections beyond the limit are told so before they are ended; more of them are just cut. */
const POLITE_REFUSALS = 64;

/** The same of one address. */
const POLITE_REFUSALS_OF_ONE = 8;

/** How long a close waits for the last lines to be read, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2000;

/** All clients that speak the wire, of every transport. */
export class WireConnections implements Connections {
  readonly #connections = new Set<Connection>();
  readonly #time: SharedTime = { turns: new Turns(), questions: new Questions() };
  readonly #origins: Origins;
  readonly #voices: Voices;
  readonly #arrivals: Arrivals;
  #count = 0;
  #closing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: WireConnectionsOptions,
    private readonly useCases: UseCases,
    private readonly feed: Pick<RoomFeed, 'congestion'>,
    private readonly logger: Logger,
  ) {
    this.#origins = new Origins(options);
    this.#voices = new Voices(options);
    this.#arrivals = new Arrivals(options);
  }

  /** Serves one client until its line is down. */
  accept(channel: Channel): void {
    const excess = this.#origins.excess(channel.address);
    this.#origins.count(channel.address, channel.closed());
    if (excess > POLITE_REFUSALS_OF_ONE) {
      channel.destroy();
      return;
    }
    const taken = this.#connections.size;
    const connection = new Connection(
      ++this.#count,
      channel,
      this.useCases,
      this.feed,
      this.options,
      this.logger,
      this.#time,
      new Guest(this.#voices, this.#arrivals, this.#origins.of(channel.address)),
    );
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    void connection.closed().then(() => this.#connections.delete(connection));
    if (this.#closing !== undefined) connection.end('STOPPING');
    else if (taken >= this.options.maxConnections + POLITE_REFUSALS) connection.destroy();
    else if (taken >= this.options.maxConnections) connection.end('TOO_MANY_CONNECTIONS');
    else if (excess > 0) connection.end('TOO_MANY_FROM_ADDRESS');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const connections = [...this.#connections];
    for (const connection of connections) connection.end('STOPPING');
    const cut = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, CLOSE_TIMEOUT_MS);
    await Promise.all(connections.map(connection => connection.closed()));
    clearTimeout(cut);
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
