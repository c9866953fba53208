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

/** Whether a network has an address. */
export type Contains = (network: string, address: string) => boolean;

/** Measures of one kind, found by whom they are about, however many there are. */
export class Measures {
  readonly #byId = new Map<number, Measure>();
  /** By every name, look and key that they are about. */
  readonly #byMark = new Map<string, Set<Measure>>();
  readonly #ofNetworks = new Set<Measure>();

  constructor(private readonly contains: Contains) {}

  get size(): number {
    return this.#byId.size;
  }

  add(measure: Measure): void {
    this.remove(measure.id);
    this.#byId.set(measure.id, measure);
    for (const mark of marksOf(measure.targets)) {
      const marked = this.#byMark.get(mark);
      if (marked === undefined) this.#byMark.set(mark, new Set([measure]));
      else marked.add(measure);
    }
    if (measure.targets.some(({ kind }) => kind === 'network')) this.#ofNetworks.add(measure);
  }

  remove(id: number): void {
    const measure = this.#byId.get(id);
    if (measure === undefined) return;
    this.#byId.delete(id);
    this.#ofNetworks.delete(measure);
    for (const mark of marksOf(measure.targets)) {
      const marked = this.#byMark.get(mark);
      marked?.delete(measure);
      if (marked?.size === 0) this.#byMark.delete(mark);
    }
  }

  /** Those in force; the others are forgotten. */
  inForce(now: number): Measure[] {
    for (const measure of this.#byId.values()) if (isOver(measure, now)) this.remove(measure.id);
    return [...this.#byId.values()];
  }

  /** Those in force that are about somebody. */
  about(person: Person, now: number): Measure[] {
    const found = new Set<Measure>();
    if (this.#byMark.size > 0)
      for (const mark of marksOfPerson(person))
        for (const measure of this.#byMark.get(mark) ?? []) found.add(measure);
    for (const measure of this.#ofNetworks)
      if (isFrom(measure.targets, person, this.contains)) found.add(measure);
    return [...found].filter(measure => {
      if (isOver(measure, now)) this.remove(measure.id);
      return !isOver(measure, now);
    });
  }
}

/** Tells whether a measure with these targets is about somebody; the targets are looked at once. */
export function matcherOf(targets: readonly Target[], contains: Contains): (person: Person) => boolean {
  const marks = marksOf(targets);
  return person =>
    isFrom(targets, person, contains) ||
    (marks.size > 0 && marksOfPerson(person).some(mark => marks.has(mark)));
}

function isFrom(targets: readonly Target[], { address }: Person, contains: Contains): boolean {
  return (
    address !== undefined &&
    targets.some(target => target.kind === 'network' && contains(target.network, address))
  );
}

function isOver({ until }: Measure, now: number): boolean {
  return until !== undefined && until <= now;
}

function marksOf(targets: readonly Target[]): Set<string> {
  return new Set(
    targets.flatMap(target => {
      if (target.kind === 'name') return marksOfName(target.name);
      return target.kind === 'key' ? [`key ${target.key}`] : [];
    }),
  );
}

function marksOfPerson({ username, key }: Person): string[] {
  return [...marksOfName(username), ...(key === undefined ? [] : [`key ${key}`])];
}

/** A name that looks like one that is banned is the same to those who see it. */
function marksOfName(username: string): string[] {
  return [`name ${usernameKey(username)}`, ...[...looksOf(username)].map(look => `look ${look}`)];
}
