import type { SessionId, Waiting } from '../../../domain/session.js';
import type { Incarnation } from './entry.js';

/** Incarnations that are over and are still known, so that nothing late of theirs counts. */
const MAX_DOWN = 1000;

/** The first session of a server is so many times the number of its incarnation, plus one. */
const SESSIONS_EACH = 1_000_000_000;

interface Server {
  /** Counts incarnations from 1 on. */
  readonly number: number;
  readonly name: string;
  readonly rules: string;
  isUp: boolean;
  /** The number of its next entry. */
  next: number;
  /** How long it waits for clients that are away, in milliseconds, as it said last; nothing of earlier versions. */
  waitMs?: number | undefined;
}

/** All that is known of servers, as JSON can hold it. */
export type KeptServers = readonly (readonly [Incarnation, Readonly<Server>])[];

/** The servers of a room, as its journal has them. */
export class RoomServers {
  /** Whether a session was counted by a server of a room: not that of what the server itself says. */
  static hasGiven(session: SessionId): boolean {
    return session > SESSIONS_EACH;
  }

  /** In the order of their coming. */
  readonly #servers = new Map<Incarnation, Server>();
  #last = 0;

  /** Those that are up, the eldest first. */
  get up(): readonly { readonly incarnation: Incarnation; readonly name: string; readonly rules: string }[] {
    return [...this.#servers]
      .filter(([, { isUp }]) => isUp)
      .map(([incarnation, { name, rules }]) => ({ incarnation, name, rules }));
  }

  get eldest(): Incarnation | undefined {
    for (const [incarnation, { isUp }] of this.#servers) if (isUp) return incarnation;
    return undefined;
  }

  isUp(incarnation: Incarnation): boolean {
    return this.#servers.get(incarnation)?.isUp === true;
  }

  isInTurn(incarnation: Incarnation, n: number): boolean {
    const server = this.#servers.get(incarnation);
    return server?.isUp === true && server.next === n;
  }

  /** Ids of new sessions of this server follow this one, which no session of any server has. */
  sessionsOf(incarnation: Incarnation): SessionId {
    return (this.#servers.get(incarnation)?.number ?? 0) * SESSIONS_EACH;
  }

  /** False when it is known already. */
  add(incarnation: Incarnation, { name, rules, waitMs }: Pick<Server, 'name' | 'rules' | 'waitMs'>): boolean {
    if (this.#servers.has(incarnation)) return false;
    const waits = waitMs !== undefined && { waitMs };
    this.#servers.set(incarnation, { number: ++this.#last, name, rules, isUp: true, next: 0, ...waits });
    return true;
  }

  /** How long a server waits for clients that are away from a time on; nothing when it has not said so. */
  waitingOf(incarnation: Incarnation | undefined, since: number): Waiting | undefined {
    const waitMs = this.#servers.get(incarnation ?? '')?.waitMs;
    return waitMs === undefined ? undefined : { since, until: since + waitMs };
  }

  /** It waits so long from now on. */
  wait(incarnation: Incarnation, waitMs: number): void {
    const server = this.#servers.get(incarnation);
    if (server !== undefined) server.waitMs = waitMs;
  }

  /** Another entry of it counts. */
  count(incarnation: Incarnation): void {
    const server = this.#servers.get(incarnation);
    if (server !== undefined) server.next++;
  }

  /** Returns its name; nothing when it was not up. */
  end(incarnation: Incarnation): string | undefined {
    const server = this.#servers.get(incarnation);
    if (server?.isUp !== true) return undefined;
    server.isUp = false;
    this.#forget();
    return server.name;
  }

  get all(): KeptServers {
    return Array.from(this.#servers, ([incarnation, server]) => [incarnation, { ...server }]);
  }

  restore(servers: KeptServers): void {
    for (const [incarnation, server] of servers) {
      this.#servers.set(incarnation, { ...server });
      this.#last = Math.max(this.#last, server.number);
    }
  }

  #forget(): void {
    const over = [...this.#servers].filter(([, { isUp }]) => !isUp);
    for (const [incarnation] of over.slice(0, -MAX_DOWN)) this.#servers.delete(incarnation);
  }
}
