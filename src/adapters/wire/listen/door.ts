import type { Limit, Tally } from '../../../application/server/meter.js';
import { Allowance, type Rate, rate } from './allowance.js';
import type { Channel } from './channel.js';
import { IdleMap } from './idle-map.js';
import type { Origin } from './origins.js';

export interface DoorLimits {
  /** Connections that are served from one address. */
  readonly connects: Rate;
}

/** How long a connection waits to be served at most, in milliseconds. A client expects an answer within two seconds. */
const LONGEST_WAIT_MS = 1500;

/** How many wait at a time, of all addresses together: a socket each, which is not read. */
const MAX_WAITING = 1000;

/**
 * For how long one that is too many is left alone before it is cut, in milliseconds, and how many of one address, and in all: who
 * comes again as soon as they are cut does so less often.
 */
const HOLD_MS = 2000;
const MAX_HELD_OF_ONE = 32;
const MAX_HELD = 1000;

/**
 * How much all who have not come in yet may work, of one address, before they have to wait for their turn, in milliseconds a
 * second, and at once. To connect anew gives nobody more.
 */
const LIGHT = rate(5, 10);

/** How many connections each of those who are expected back may take, where it is too many from their address. */
const TRIES = 2;

/** Where those of one origin come in. */
class Entrance {
  readonly light = new Allowance(LIGHT, LIGHT.burst);
  readonly connects: Allowance;
  held = 0;

  constructor(rate: Rate) {
    this.connects = new Allowance(rate);
  }

  get isIdle(): boolean {
    return this.held === 0 && this.connects.isFull && this.light.isFull;
  }
}

/**
 * Serves the connections of each origin no faster than allowed. Those that are too many wait, unread, and are cut when the wait
 * would be long: a connection costs a hundred times what it costs to cut it, and one that is encrypted a thousand times.
 */
export class Door {
  readonly #entrances = new IdleMap<Origin, Entrance>();
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();
  readonly #held = new Map<NodeJS.Timeout, () => void>();
  /** Connections that may still be more than allowed, of all origins together, and until when. */
  #returning = 0;
  #returnsUntil = 0;

  /** @param onCut told of each that is too many */
  constructor(
    private readonly limits: DoorLimits,
    private readonly onCut: (channel: Pick<Channel, 'address'>) => void = () => {},
    private readonly reached?: Pick<Tally<Limit>, 'add'>,
  ) {}

  /**
   * So many who were here before the start are expected back, for so long, all at once, and from nobody knows where. Until they
   * are there, those who would have to wait do not.
   */
  expect(count: number, ms: number): void {
    this.#returning = count * TRIES;
    this.#returnsUntil = performance.now() + ms;
  }

  /** Serves the connection, now or later, or cuts it. @param origin nothing for who is trusted */
  enter(channel: Pick<Channel, 'address' | 'destroy'>, origin: Origin | undefined, serve: () => void): void {
    if (origin === undefined || this.limits.connects.perSecond === 0) {
      serve();
      return;
    }
    const entrance = this.#entranceOf(origin);
    if (entrance.connects.left < 1 && this.#mayReturn()) serve();
    else if (entrance.connects.waitMs > LONGEST_WAIT_MS || this.#waiting.size >= MAX_WAITING)
      this.#cut(channel, entrance);
    else this.#serveIn(entrance.connects.take(1), serve);
  }

  /** What those who have not come in yet from there may still work at once; nothing for who is trusted. */
  lightOf(origin: Origin | undefined): Allowance | undefined {
    return origin === undefined ? undefined : this.#entranceOf(origin).light;
  }

  /** Nobody waits any more: who was to be served later is now, and who was to be cut is cut. */
  clear(): void {
    for (const later of [this.#waiting, this.#held])
      for (const [timer, work] of later) {
        clearTimeout(timer);
        later.delete(timer);
        work();
      }
  }

  #mayReturn(): boolean {
    if (this.#returning === 0 || performance.now() > this.#returnsUntil) return false;
    this.#returning--;
    return true;
  }

  #entranceOf(origin: Origin): Entrance {
    return this.#entrances.get(origin) ?? this.#entrances.set(origin, new Entrance(this.limits.connects));
  }

  #cut(channel: Pick<Channel, 'address' | 'destroy'>, entrance: Entrance): void {
    this.onCut(channel);
    this.reached?.add('connect-rate');
    if (entrance.held >= MAX_HELD_OF_ONE || this.#held.size >= MAX_HELD) {
      channel.destroy();
      return;
    }
    entrance.held++;
    after(HOLD_MS, this.#held, () => {
      entrance.held--;
      channel.destroy();
    });
  }

  #serveIn(ms: number, serve: () => void): void {
    if (ms === 0) serve();
    else {
      this.reached?.add('connect-rate');
      after(ms, this.#waiting, serve);
    }
  }
}

/** Does the work after so many milliseconds; until then it is among those that are to be done later. */
function after(ms: number, later: Map<NodeJS.Timeout, () => void>, work: () => void): void {
  const timer = setTimeout(() => {
    later.delete(timer);
    work();
  }, ms);
  later.set(timer, work);
}
