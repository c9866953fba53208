import { usernameKey } from './name-key.js';
import { looksOf } from './name-look.js';

/** Whom a measure is about. A network is an address, or several in CIDR notation. */
export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'network'; readonly network: string };

/** Somebody who comes or speaks, as far as it is known who that is. */
export interface Person {
  readonly username: string;
  /** The fingerprint of the key with which the name was proven. */
  readonly key?: string | undefined;
  readonly address?: string | undefined;
}

/** Keeps somebody out, or silent. */
export interface Measure {
  /** Counts them, from 1. */
  readonly id: number;
  readonly kind: 'ban' | 'mute';
  readonly targets: readonly Target[];
  /** Times are in milliseconds since 1970. */
  readonly at: number;
  /** Until it is lifted when absent. */
  readonly until?: number;
  readonly by: string;
  readonly reason?: string;
}

/** What an operator has done. All of them, one after the other, are the state of the room's moderation. */
export type ModerationEntry = { readonly at: number; readonly by: string; readonly reason?: string } & (
  | { readonly type: 'OperatorNamed' | 'OperatorDismissed'; readonly key: string; readonly name: string }
  /** A token with this hash makes an operator, once. */
  | { readonly type: 'TokenIssued'; readonly hash: string }
  | {
      readonly type: 'MeasureTaken';
      readonly id: number;
      readonly kind: 'ban' | 'mute';
      readonly targets: readonly Target[];
      readonly until?: number;
    }
  | { readonly type: 'MeasureLifted'; readonly id: number }
  | { readonly type: 'Kicked'; readonly username: string }
  | { readonly type: 'SlowedDown'; readonly ms: number }
  | { readonly type: 'TopicSet'; readonly topic: string }
  | { readonly type: 'MessageDeleted'; readonly seq: number; readonly author: string }
);

/** Whether a network has an address. */
export type Contains = (network: string, address: string) => boolean;

/** Who is kept out of the room or silent in it, and who decides that. */
export class Moderation {
  readonly #operators = new Map<string, string>();
  readonly #measures: Record<Measure['kind'], Map<number, Measure>> = { ban: new Map(), mute: new Map() };
  /** When somebody spoke last, by the key of the name; only while the room is slow. */
  readonly #spoke = new Map<string, number>();
  #token: string | undefined;
  #lastId = 0;
  #slowMs = 0;
  #topic = '';

  constructor(private readonly contains: Contains) {}

  get topic(): string {
    return this.#topic;
  }

  get slowMs(): number {
    return this.#slowMs;
  }

  /** Operators by the fingerprints of their keys, with the names that they had. */
  get operators(): ReadonlyMap<string, string> {
    return this.#operators;
  }

  /** The hash of a token that makes the first operator, if one was issued and not used. */
  get token(): string | undefined {
    return this.#token;
  }

  /** An id that no measure has had. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  /** Whether anybody may have to be silent. */
  get isStrict(): boolean {
    return this.#slowMs > 0 || this.#measures.mute.size > 0;
  }

  isOperator({ key }: Pick<Person, 'key'>): boolean {
    return key !== undefined && this.#operators.has(key);
  }

  /** Something was done, now or before a restart. */
  apply(entry: ModerationEntry): void {
    switch (entry.type) {
      case 'OperatorNamed':
        this.#operators.set(entry.key, entry.name);
        this.#token = undefined;
        break;
      case 'OperatorDismissed':
        this.#operators.delete(entry.key);
        break;
      case 'TokenIssued':
        this.#token = entry.hash;
        break;
      case 'MeasureTaken': {
        const { type: _, ...measure } = entry;
        this.#lastId = Math.max(this.#lastId, entry.id);
        this.#measures[entry.kind].set(entry.id, measure);
        break;
      }
      case 'MeasureLifted':
        for (const measures of Object.values(this.#measures)) measures.delete(entry.id);
        break;
      case 'SlowedDown':
        this.#slowMs = entry.ms;
        this.#spoke.clear();
        break;
      case 'TopicSet':
        this.#topic = entry.topic;
        break;
      case 'Kicked':
      case 'MessageDeleted':
        break;
    }
  }

  /** Those in force, in the order in which they were taken. */
  measures(now: number): readonly Measure[] {
    const all = [...this.#inForce('ban', now), ...this.#inForce('mute', now)];
    return all.sort((one, other) => one.id - other.id);
  }

  /** What keeps a person out, or silent; the one that lasts longest. Operators are neither. */
  measureAgainst(person: Person, kind: Measure['kind'], now: number): Measure | undefined {
    if (this.#measures[kind].size === 0 || this.isOperator(person)) return undefined;
    return this.#inForce(kind, now)
      .filter(({ targets }) => this.isAbout(targets, person))
      .reduce<Measure | undefined>((one, other) => (endOf(one) >= endOf(other) ? one : other), undefined);
  }

  /** How long somebody has to wait before the room hears them, in milliseconds; 0 for not at all. */
  waitOf(person: Person, now: number): number {
    if (this.#slowMs === 0 || this.isOperator(person)) return 0;
    const spoke = this.#spoke.get(usernameKey(person.username));
    // A clock that was set back makes nobody wait longer than that.
    return spoke === undefined ? 0 : Math.min(this.#slowMs, Math.max(0, spoke + this.#slowMs - now));
  }

  /** Somebody has said something. */
  spoke({ username }: Pick<Person, 'username'>, now: number): void {
    if (this.#slowMs === 0) return;
    const key = usernameKey(username);
    this.#spoke.delete(key);
    this.#spoke.set(key, now);
    for (const [other, at] of this.#spoke) {
      if (at + this.#slowMs > now) break;
      this.#spoke.delete(other);
    }
  }

  /** Whether a measure is about somebody. */
  isAbout(targets: readonly Target[], person: Person): boolean {
    return targets.some(target => {
      if (target.kind === 'name') return isOneName(target.name, person.username);
      if (target.kind === 'key') return target.key === person.key;
      return person.address !== undefined && this.contains(target.network, person.address);
    });
  }

  #inForce(kind: Measure['kind'], now: number): Measure[] {
    const measures = this.#measures[kind];
    for (const [id, { until }] of measures) if (until !== undefined && until <= now) measures.delete(id);
    return [...measures.values()];
  }
}

function endOf(measure: Measure | undefined): number {
  return measure === undefined ? Number.NEGATIVE_INFINITY : (measure.until ?? Number.POSITIVE_INFINITY);
}

/** A name that looks like one that is banned is the same to those who see it. */
function isOneName(one: string, other: string): boolean {
  if (usernameKey(one) === usernameKey(other)) return true;
  const looks = looksOf(one);
  return [...looksOf(other)].some(look => looks.has(look));
}
