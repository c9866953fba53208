import { type Contains, type Measure, Measures, matcherOf, type Person, type Target } from './measures.js';
import { usernameKey } from './name-key.js';

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
  | { readonly type: 'SlowedDown'; readonly ms: number }
  | { readonly type: 'TopicSet'; readonly topic: string }
  | {
      readonly type: 'MessageDeleted';
      readonly seq: number;
      readonly author: string;
      /** Of the history in which it had this number. */
      readonly epoch?: string;
    }
);

/** Who is kept out of the room or silent in it, and who decides that. */
export class Moderation {
  readonly #operators = new Map<string, string>();
  readonly #measures: Record<Measure['kind'], Measures>;
  /** When somebody spoke last, by the key of the name; only while the room is slow. */
  readonly #spoke = new Map<string, number>();
  #token: string | undefined;
  #lastId = 0;
  #slowMs = 0;
  #topic = '';

  constructor(private readonly contains: Contains) {
    this.#measures = { ban: new Measures(contains), mute: new Measures(contains) };
  }

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
        this.#measures[entry.kind].add(measure);
        break;
      }
      case 'MeasureLifted':
        for (const measures of Object.values(this.#measures)) measures.remove(entry.id);
        break;
      case 'SlowedDown':
        this.#slowMs = entry.ms;
        this.#spoke.clear();
        break;
      case 'TopicSet':
        this.#topic = entry.topic;
        break;
      case 'MessageDeleted':
        break;
    }
  }

  /** Those in force, in the order in which they were taken. */
  measures(now: number): readonly Measure[] {
    const all = [...this.#measures.ban.inForce(now), ...this.#measures.mute.inForce(now)];
    return all.sort((one, other) => one.id - other.id);
  }

  /** What keeps a person out, or silent; the one that lasts longest. Operators are neither. */
  measureAgainst(person: Person, kind: Measure['kind'], now: number): Measure | undefined {
    if (this.#measures[kind].size === 0 || this.isOperator(person)) return undefined;
    return this.#measures[kind]
      .about(person, now)
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

  /** Those in force that are about somebody, operators included. */
  measuresAbout(person: Person, kind: Measure['kind'], now: number): readonly Measure[] {
    return this.#measures[kind].about(person, now);
  }

  /** Tells whether a measure with these targets is about somebody. */
  matcherOf(targets: readonly Target[]): (person: Person) => boolean {
    return matcherOf(targets, this.contains);
  }
}

function endOf(measure: Measure | undefined): number {
  return measure === undefined ? Number.NEGATIVE_INFINITY : (measure.until ?? Number.POSITIVE_INFINITY);
}
