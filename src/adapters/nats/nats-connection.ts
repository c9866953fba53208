import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import {
  type NatsConnection as Core,
  connect,
  type Msg,
  type NodeConnectionOptions,
  type Subscription,
} from '@nats-io/transport-node';
import { JournalFailure } from '../../application/server/cluster/journal.js';
import { coreOptionsOf, type NatsOptions, toFailure } from './nats-options.js';

/** Longest time that a start waits for a broker, in milliseconds. */
const START_MS = 5000;
/** Longest wait for an answer of JetStream, in milliseconds. */
const API_MS = 2000;
/** Before, two could win a compare-and-set on replicas. */
const OLDEST = [2, 10] as const;

/**
 * The connection to a broker, or to one of several, that everything of this folder shares. It has to be there at the start;
 * later it comes back whenever it can.
 */
export class NatsConnection {
  readonly #options: NatsOptions;
  #core: Core | undefined;
  #api: JetStreamManager | undefined;
  #opening: Promise<void> | undefined;
  #users = 0;
  #since: number | undefined;
  #trouble: string | undefined;
  readonly #watchers = new Set<(isConnected: boolean) => void>();

  constructor(options: NatsOptions) {
    this.#options = options;
  }

  /** As operators are told of it. */
  get place(): string {
    return this.#options.place;
  }

  /** Each call wants a `close` of its own; the connection is one. @throws {JournalFailure} */
  async open(): Promise<void> {
    this.#users++;
    this.#opening ??= this.#connect();
    try {
      await this.#opening;
    } catch (failure) {
      this.#opening = undefined;
      this.#users--;
      throw failure;
    }
  }

  /** The last of those who have opened it closes it. */
  async close(): Promise<void> {
    if (this.#users > 0) this.#users--;
    if (this.#users > 0) return;
    const core = this.#core;
    this.#core = undefined;
    this.#api = undefined;
    this.#opening = undefined;
    this.#change(false);
    this.#watchers.clear();
    await core?.close();
  }

  /** While it is open. */
  get core(): Core {
    if (this.#core === undefined) throw new Error('there is no connection to a broker');
    return this.#core;
  }

  /** What JetStream does besides taking messages and handing them out. */
  get api(): JetStreamManager {
    if (this.#api === undefined) throw new Error('there is no connection to a broker');
    return this.#api;
  }

  /** Since when it is connected, by `performance.now()`. */
  get since(): number | undefined {
    return this.#since;
  }

  /** What brokers have said against it since it was connected last, in their words: that a login holds no more, say. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Most bytes of one message. */
  get maxPayload(): number {
    return this.#core?.info?.max_payload ?? Number.MAX_SAFE_INTEGER;
  }

  /**
   * @param take is called within the client's own reading, which would end without a word if it threw: its faults are thrown outside
   * @param onRefused the broker lets this server not hear that
   */
  subscribe(subject: string, take: (message: Msg) => void, onRefused: () => void = () => {}): Subscription {
    const callback = (error: Error | null, message: Msg) => {
      try {
        if (error === null) take(message);
        else onRefused();
      } catch (fault) {
        queueMicrotask(() => {
          throw fault;
        });
      }
    };
    return this.core.subscribe(subject, { callback });
  }

  /** Tells when the connection is lost, and when it is there again. @returns what ends that */
  watch(watcher: (isConnected: boolean) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Rejects as soon as the connection is lost: the answer that is waited for would never come. */
  async during<T>(asked: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const unwatch = this.watch(isConnected => isConnected || reject(new Error('the connection was lost')));
    try {
      return await Promise.race([asked, promise]);
    } finally {
      unwatch();
    }
  }

  async #connect(): Promise<void> {
    const { place, servers } = this.#options;
    const options = await coreOptionsOf(this.#options);
    const reachable = await this.#firstOf(servers, options);
    // The client forgets a server that is not there when it begins: so it begins with one that is.
    const others = servers.filter(server => server !== reachable);
    const core = await connect({ ...options, servers: [reachable, ...others], timeout: START_MS }).catch(
      (error: unknown) => {
        throw toFailure(error, place);
      },
    );
    try {
      requireVersion(core.info?.version ?? '', place);
      this.#api = await jetstreamManager(core, { checkAPI: false, timeout: API_MS });
    } catch (error) {
      await core.close();
      throw error;
    }
    this.#core = core;
    this.#change(true);
    void this.#follow(core);
  }

  /** One of them that lets this server in. */
  async #firstOf(servers: readonly string[], options: NodeConnectionOptions): Promise<string> {
    const { place } = this.#options;
    const tried = shuffled(servers);
    const timeout = Math.max(1000, Math.floor(START_MS / tried.length));
    let failure = new JournalFailure('UNREACHABLE', place);
    const deadline = performance.now() + START_MS;
    for (const server of tried) {
      if (performance.now() > deadline) break;
      try {
        const core = await connect({ ...options, servers: [server], timeout, reconnect: false });
        await core.close();
        return server;
      } catch (error) {
        const next = toFailure(error, place);
        // Of several failures the one that an operator can do something about.
        if (failure.code === 'UNREACHABLE') failure = next;
      }
    }
    throw failure;
  }

  async #follow(core: Core): Promise<void> {
    for await (const status of core.status()) {
      if (core !== this.#core) return;
      if (status.type === 'error') this.#trouble = status.error.message.split('\n')[0];
      else if (status.type === 'disconnect') this.#change(false);
      else if (status.type === 'reconnect') {
        this.#trouble = undefined;
        this.#change(true);
      }
    }
  }

  #change(isConnected: boolean): void {
    if (isConnected === (this.#since !== undefined)) return;
    this.#since = isConnected ? performance.now() : undefined;
    for (const watcher of [...this.#watchers]) watcher(isConnected);
  }
}

/** @throws {JournalFailure} */
function requireVersion(version: string, place: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new JournalFailure('TOO_OLD', place, version);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map(item => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
