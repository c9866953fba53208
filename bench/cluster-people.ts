import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { RunningServer } from './servers.js';

/** Somebody at a node, in a few lines of the wire. */
export class Person {
  readonly #socket: Socket;
  #onLine: (line: string) => void = () => {};

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', () => {});
    createInterface({ input: this.#socket }).on('line', line => this.#onLine(line));
  }

  set onLine(listener: (line: string) => void) {
    this.#onLine = listener;
  }

  /** Resolves to whether the room has let them in. */
  join(join: unknown): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#onLine = line => {
      if (line.startsWith('{"Joined"')) resolve(true);
      else if (line.startsWith('{"Duplicate"') || line.startsWith('{"Closing"')) resolve(false);
    };
    this.write({ Join: join });
    return promise;
  }

  write(command: unknown): void {
    this.#socket.write(`${JSON.stringify(command)}\n`);
  }

  hangUp(): void {
    this.#socket.destroy();
  }
}

const later = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** From sent at one node to read at another, in milliseconds. */
export async function latency(from: number, to: number, rate: number, seconds: number) {
  const [speaker, reader] = [new Person(from), new Person(to)];
  await reader.join({ username: 'reader' });
  await speaker.join({ username: 'speaker' });
  await later(500);
  const taken: number[] = [];
  reader.onLine = line => {
    const said = /"content":"([\d.]+)"/.exec(line)?.[1];
    if (said !== undefined) taken.push(performance.now() - Number(said));
  };
  const count = rate * seconds;
  const began = performance.now();
  for (let n = 0; n < count; n++) {
    const at = began + (n * 1000) / rate;
    if (at > performance.now()) await later(at - performance.now());
    speaker.write({ Send: { content: `${performance.now()}` } });
  }
  await later(500);
  for (const person of [speaker, reader]) person.hangUp();
  if (taken.length !== count) throw new Error(`${taken.length} of ${count} messages arrived`);
  const sorted = taken.toSorted((one, other) => one - other);
  const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { count, p50: at(0.5), p99: at(0.99) };
}

/** In how many races of joins for one name exactly one has won. */
export async function races(one: number, other: number, rounds: number, joins: number): Promise<number> {
  let right = 0;
  for (let round = 0; round < rounds; round++) {
    const people = Array.from({ length: joins }, (_, n) => new Person(n % 2 === 0 ? one : other));
    const outcomes = await Promise.all(people.map(person => person.join(`racer${round}`)));
    if (outcomes.filter(Boolean).length === 1) right++;
    for (const person of people) person.hangUp();
  }
  return right;
}

/**
 * A node is killed, again and again, with people who cannot come back: how long until somebody at each of the others has
 * read that all of them have left, and how often that was not once for each.
 */
export async function deaths(
  start: () => Promise<RunningServer>,
  others: readonly number[],
  rounds: number,
  people: number,
): Promise<{ readonly worstMs: number; readonly wrong: number }> {
  const watchers = others.map(port => new Person(port));
  for (const [n, watcher] of watchers.entries()) await watcher.join({ username: `watcher${n}` });
  let [worstMs, wrong] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const node = await start();
    const names = Array.from({ length: people }, (_, n) => `victim${round}of${n}`);
    const victims = names.map(name => ({ name, person: new Person(node.port) }));
    await Promise.all(victims.map(({ name, person }) => person.join(name)));
    await later(3000); // whoever has just come is given more time
    const gone = watchers.map(watcher => departures(watcher, new Set(names)));
    const began = performance.now();
    await node.stop();
    const heard = await Promise.all(gone);
    worstMs = Math.max(worstMs, ...heard.map(({ at }) => at - began));
    await later(300);
    wrong += heard.reduce((sum, { left }) => sum + left.length - people, 0);
  }
  for (const watcher of watchers) watcher.hangUp();
  return { worstMs, wrong };
}

/** Resolves when all of them are said to have left; `left` goes on being filled. */
function departures(watcher: Person, names: ReadonlySet<string>) {
  const left: string[] = [];
  const { promise, resolve } = Promise.withResolvers<{ readonly at: number; readonly left: string[] }>();
  watcher.onLine = line => {
    const { Broadcast: { username = '', kind = '' } = {} } = JSON.parse(line);
    if (kind !== 'left' || !names.has(username)) return;
    left.push(username);
    if (left.length === names.size) resolve({ at: performance.now(), left });
  };
  return promise;
}
