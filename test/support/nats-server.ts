import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { ROOT } from './cli.js';
import { until } from './until.js';

/** Longest start of a broker, in milliseconds, on a machine that does much else. */
const START_MS = 30_000;
/** Longest wait for the binary: a few MB, when apt has to bring them. */
const FETCH_MS = 100_000;
/** How much of a broker's log is kept, in characters. */
const KEPT_LOG = 200_000;
/** How often three brokers are started, until they find each other. */
const MAX_CLUSTERS = 5;
/** By which a broker ends with its parent, however that ends. */
const WITH_PARENT = '/usr/bin/setpriv';

let found: Promise<string> | undefined;

/** Where a nats-server of at least 2.10 is. Fetched if it is nowhere. Rejects with why there is none. */
export function natsServer(): Promise<string> {
  found ??= promisify(execFile)(join(ROOT, 'scripts/fetch-nats-server.sh'), { timeout: FETCH_MS }).then(
    ({ stdout }) => stdout.trim(),
    (failure: { stderr?: string }) => {
      throw new Error(`There is no nats-server here. ${failure.stderr ?? failure}`);
    },
  );
  return found;
}

export interface BrokerOptions {
  /** More of its configuration file. */
  readonly lines?: readonly string[];
  /** More of its configuration of JetStream. */
  readonly storage?: readonly string[];
  /** It keeps nothing. */
  readonly withoutStorage?: boolean;
  /** Where it listens; it is spoken to on loopback. */
  readonly host?: string;
  /** By default the system chooses. */
  readonly port?: number;
  readonly name?: string;
}

/** A broker of its own process, on loopback, with a temporary folder. */
export class NatsServer {
  static async start(options: BrokerOptions = {}): Promise<NatsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'chatty-nats-'));
    const server = new NatsServer(await natsServer(), folder, options);
    try {
      await server.start();
    } catch (failure) {
      await server.close();
      throw failure;
    }
    return server;
  }

  /**
   * Three that replicate what they keep. Of three that start in the same moment, one now and then does not hear of another
   * for half a minute, or finds that somebody has taken its port meanwhile: such ones are started anew.
   */
  static async cluster(options: BrokerOptions = {}): Promise<NatsServer[]> {
    for (let left = MAX_CLUSTERS; ; left--) {
      const starting = await NatsServer.#three(options);
      const servers = starting.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []));
      if (servers.length === 3 && (await replicates(servers))) return servers;
      await Promise.all(servers.map(server => server.close()));
      const failed = starting.find(each => each.status === 'rejected');
      if (left === 1) throw failed?.reason ?? new Error('three brokers do not find each other');
    }
  }

  /** Each on a port that was free just now. */
  static async #three(options: BrokerOptions): Promise<PromiseSettledResult<NatsServer>[]> {
    const [a = 0, b = 0, c = 0, ...routes] = await freePorts(6);
    const urls = routes.map(port => `nats://127.0.0.1:${port}`).join(', ');
    return Promise.allSettled(
      [a, b, c].map((port, index) => {
        const cluster = `cluster { name: test, listen: "127.0.0.1:${routes[index]}", routes: [${urls}] }`;
        return NatsServer.start({
          ...options,
          port,
          name: `broker-${index}`,
          lines: [...(options.lines ?? []), cluster],
        });
      }),
    );
  }

  readonly #binary: string;
  readonly #options: BrokerOptions;
  readonly folder: string;
  #port: number;
  #process: ChildProcess | undefined;
  #log = '';
  readonly #lookers = new Set<() => void>();

  private constructor(binary: string, folder: string, options: BrokerOptions) {
    this.#binary = binary;
    this.folder = folder;
    this.#options = options;
    this.#port = options.port ?? -1;
  }

  get port(): number {
    return this.#port;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `nats://${this.address}`;
  }

  /** Of the process that runs, or has run last. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get log(): string {
    return this.#log;
  }

  /** Starts it, again on the same port and folder if it has ended. Resolves when it takes connections. */
  async start(): Promise<void> {
    const { lines = [], storage: more = [], withoutStorage = false, name } = this.#options;
    const { host = '127.0.0.1' } = this.#options;
    const file = join(this.folder, 'broker.conf');
    const stored = [`store_dir: "${join(this.folder, 'jetstream')}"`, ...more];
    const storage = withoutStorage ? [] : ['jetstream {', ...stored, '}'];
    const names = name === undefined ? [] : [`server_name: ${name}`];
    await writeFile(file, [`listen: "${host}:${this.#port}"`, ...names, ...storage, ...lines, ''].join('\n'));
    const command = [this.#binary, '-c', file];
    if (existsSync(WITH_PARENT)) command.unshift(WITH_PARENT, '--pdeathsig', 'KILL');
    this.#log = '';
    const [program = '', ...args] = command;
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    // All that it has said comes first.
    child.once('close', () => this.#look());
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-KEPT_LOG);
      this.#look();
    });
    await this.logged(/Server is ready/);
    this.#port = Number(/client connections on [\d.]+:(\d+)/.exec(this.#log)?.[1] ?? this.#port);
  }

  /** Resolves when its log has a line like this. */
  async logged(line: RegExp): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (line.test(this.#log)) resolve();
      else if (!this.isRunning) reject(this.#failure('it has ended'));
    };
    const timer = setTimeout(() => reject(this.#failure(`no ${line}`)), START_MS);
    this.#lookers.add(look);
    look();
    await promise.finally(() => {
      clearTimeout(timer);
      this.#lookers.delete(look);
    });
  }

  get isRunning(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  /** Ends it as an operator would. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** It does nothing more until it is thawed, and its connections stay. */
  async freeze(): Promise<void> {
    this.#process?.kill('SIGSTOP');
    const state = `/proc/${this.#process?.pid}/stat`;
    if (existsSync(state)) await until(() => /\) T /.test(readFileSync(state, 'utf8')));
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Nothing is left of it. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  #look(): void {
    for (const looker of [...this.#lookers]) looker();
  }

  #failure(what: string): Error {
    return new Error(`nats-server: ${what}\n${this.#log.slice(-2000)}`);
  }
}

/** Whether three brokers find each other soon. */
async function replicates(servers: readonly NatsServer[]): Promise<boolean> {
  const connection = await connect({ servers: servers.map(({ address }) => address) });
  const stream = JSON.stringify({ name: 'PROBE', subjects: ['probe'], num_replicas: servers.length });
  const ask = async (what: string, text: string) => {
    const answer = await connection.request(`$JS.API.STREAM.${what}.PROBE`, text, { timeout: 1000 });
    return answer.json<{ error?: unknown }>().error === undefined;
  };
  try {
    await until(() => ask('CREATE', stream).catch(() => false), START_MS / 3);
    return await ask('DELETE', '');
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/** As many ports as are wanted, none of them twice. Somebody else could take one before it is used. */
async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, holdPort));
  const ports = held.map(server => (server.address() as { port: number }).port);
  await Promise.all(held.map(server => new Promise(closed => server.close(closed))));
  return ports;
}

async function holdPort(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
