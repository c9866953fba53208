import { readFile } from 'node:fs/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import {
  type NatsConnection as Core,
  connect,
  credsAuthenticator,
  errors,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { JournalFailure } from '../../application/server/cluster/journal.js';

/** Longest time that a start waits for a broker, in milliseconds. */
const START_MS = 5000;
/** Until a lost connection is tried again, in milliseconds, and how much more that is at random. */
const RECONNECT_MS = 100;
const JITTER_MS = 50;
/** How often a silent broker is asked whether it is there, in milliseconds; after two without an answer it is not. */
const PING_MS = 2000;
/** Longest wait for an answer of JetStream, in milliseconds. */
const API_MS = 2000;
/** Before, two could win a compare-and-set on replicas. */
const OLDEST = [2, 10] as const;

/** How a broker is reached, and who this server is to it. */
export interface NatsOptions {
  /** Each a host and a port. */
  readonly servers: readonly string[];
  /** As operators are told of them: without a password. */
  readonly place: string;
  /** Whether it has to be encrypted. */
  readonly isEncrypted: boolean;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** A file with a JWT and the key to it, as `nsc` writes it. */
  readonly credsFile?: string | undefined;
  /** Of the authority that the broker's certificate is from, and this server's own certificate and its key; PEM. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** By which the broker's operators know the connection. */
  readonly name: string;
}

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

  /** Most bytes of one message. */
  get maxPayload(): number {
    return this.#core?.info?.max_payload ?? Number.MAX_SAFE_INTEGER;
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
    const options = await this.#coreOptions();
    const reachable = await this.#firstOf(servers, options);
    // The client forgets a server that is not there when it begins: so it begins with one that is.
    const others = servers.filter(server => server !== reachable);
    const core = await connect({ ...options, servers: [reachable, ...others] }).catch((error: unknown) => {
      throw toFailure(error, place);
    });
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

  async #coreOptions(): Promise<NodeConnectionOptions> {
    const { isEncrypted, user, password, token, credsFile, caFile, certFile, keyFile, name } = this.#options;
    const files = { caFile, certFile, keyFile };
    for (const file of Object.values(files)) if (file !== undefined) await read(file);
    const creds = credsFile === undefined ? undefined : credsAuthenticator(await read(credsFile));
    const tls = Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
    return {
      name,
      ...(creds === undefined ? {} : { authenticator: creds }),
      ...(token === undefined ? {} : { token }),
      ...(user === undefined ? {} : { user, pass: password ?? '' }),
      ...(isEncrypted || Object.keys(tls).length > 0 ? { tls } : {}),
      timeout: START_MS,
      noRandomize: true,
      noEcho: true,
      noAsyncTraces: true,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: RECONNECT_MS,
      reconnectJitter: JITTER_MS,
      reconnectJitterTLS: JITTER_MS,
      pingInterval: PING_MS,
      maxPingOut: 2,
    };
  }

  async #follow(core: Core): Promise<void> {
    for await (const { type } of core.status()) {
      if (core !== this.#core) return;
      if (type === 'disconnect') this.#change(false);
      else if (type === 'reconnect') this.#change(true);
    }
  }

  #change(isConnected: boolean): void {
    if (isConnected === (this.#since !== undefined)) return;
    this.#since = isConnected ? performance.now() : undefined;
    for (const watcher of [...this.#watchers]) watcher(isConnected);
  }
}

/** @throws {JournalFailure} */
async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new JournalFailure('NO_FILE', file, '', { cause });
  }
}

/** @throws {JournalFailure} */
function requireVersion(version: string, place: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new JournalFailure('TOO_OLD', place, version);
}

function toFailure(cause: unknown, place: string): JournalFailure {
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: string };
  const isRefused =
    cause instanceof errors.AuthorizationError || cause instanceof errors.UserAuthenticationExpiredError;
  if (isRefused) return new JournalFailure('NOT_ALLOWED', place, '', { cause });
  if (typeof code === 'string' && /CERT|SIGNED|VERIFY|ISSUER/.test(code))
    return new JournalFailure('NOT_TRUSTED', place, message, { cause });
  return new JournalFailure('UNREACHABLE', place, message === 'timeout' ? '' : message, { cause });
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map(item => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
