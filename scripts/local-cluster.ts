// `just cluster`: one room on three servers of this machine, behind one port, for a try: a broker, three nodes, and what happens.
// Linux. For real ones see docs/cluster.md.

import { execFileSync } from 'node:child_process';
import { constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ClusterPart } from './cluster-part.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const USAGE = `usage: just cluster [--nodes 3] [--port 8081] [--room main] [--keep FOLDER] [-- FLAGS OF EVERY NODE]
  --keep: everything is in this folder, and stays there: start with it again, and the room is what it was`;

/** By which people know a server: all nodes of a room have the same. */
const IDENTITY = ['server-key.pem', 'server-cert.pem', 'ssh-host-key'];

const say = (text: string) => process.stdout.write(`${text}\n`);

interface Options {
  readonly nodes: number;
  readonly port: string;
  readonly room: string;
  readonly keep: string | undefined;
  /** Of every node. */
  readonly flags: readonly string[];
}

function options(): Options {
  try {
    const { values, positionals } = parseArgs({
      options: {
        nodes: { type: 'string', default: '3' },
        port: { type: 'string', default: '8081' },
        room: { type: 'string', default: 'main' },
        keep: { type: 'string' },
      },
      allowPositionals: true,
    });
    const nodes = Number(values.nodes);
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > 20) throw new Error('--nodes has 1 to 20.');
    return { ...values, nodes, keep: values.keep, flags: positionals };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`);
    process.exit(2);
  }
}

class Cluster {
  readonly #parts: ClusterPart[] = [];
  readonly #folder: string;
  #ending: Promise<void> | undefined;

  constructor(private readonly options: Options) {
    const { keep } = options;
    this.#folder = keep === undefined ? mkdtempSync(join(tmpdir(), 'chatty-cluster-')) : resolve(keep);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  async start(): Promise<void> {
    const { nodes } = this.options;
    let { port } = this.options;
    const broker = await this.#startBroker();
    for (let n = 1; n <= nodes && !this.isOver; n++) {
      const part = this.#node(n, port, broker, line => {
        port = port === '0' ? (/ port (\d+)$/.exec(line)?.[1] ?? port) : port;
      });
      await part.start();
      say(`node ${n}    process ${part.pid}   log ${join(this.#folder, `node-${n}.log`)}`);
      if (n === 1) this.#shareIdentity();
    }
    if (this.isOver) return;
    say(`\nJoin, in other terminals: the system chooses the node, and below you see which.
  npx chatty client:join carl --port ${port}
  npx chatty client:join david --port ${port}
Kill or freeze what you like (kill -9, kill -STOP, kill -CONT): what was killed starts again. Ctrl-C ends all${
      this.options.keep === undefined ? ', and keeps nothing' : ''
    }.\n`);
  }

  /** Nodes first, so that they can still tell the others. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  get isOver(): boolean {
    return this.#ending !== undefined;
  }

  async #end(): Promise<void> {
    const [broker, ...nodes] = this.#parts;
    await Promise.all(nodes.map(node => node.end()));
    await broker?.end();
    if (this.options.keep === undefined)
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #startBroker(): Promise<string> {
    const binary = execFileSync(join(ROOT, 'scripts/fetch-nats-server.sh'), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }).trim();
    const port = await freePort();
    const [file, log] = [join(this.#folder, 'broker.conf'), join(this.#folder, 'broker.log')];
    const store = `jetstream { store_dir: ${JSON.stringify(join(this.#folder, 'broker'))} }`;
    writeFileSync(file, `listen: "127.0.0.1:${port}"\n${store}\n`);
    const command = [binary, '-c', file];
    const part = this.#add({ name: 'the broker', command, log, ready: /Server is ready/, onLine: () => {} });
    await part.start();
    const address = `nats://127.0.0.1:${port}`;
    say(`broker    process ${part.pid}   log ${log}   ${address}`);
    return address;
  }

  #node(n: number, port: string, broker: string, onSaid: (line: string) => void): ClusterPart {
    const name = `node ${n}`;
    const command = [
      ...[process.execPath, join(ROOT, 'bin/run.js'), 'server:start', '--port', port, '--share-port'],
      ...['--history', broker, '--room', this.options.room, '--data-dir', join(this.#folder, `node-${n}`)],
      ...this.options.flags,
    ];
    const onLine = (line: string) => {
      if (line.startsWith('{')) this.#tell(name, line);
      else if (n === 1 && /^(In a browser|Over ssh|To become)/.test(line)) say(line);
      onSaid(line);
    };
    const log = join(this.#folder, `node-${n}.log`);
    return this.#add({ name, command, log, ready: /^chatty listens on/, onLine });
  }

  #add(options: Omit<ConstructorParameters<typeof ClusterPart>[0], 'say'>): ClusterPart {
    const part = new ClusterPart({ ...options, say: text => say(`${clock()} ${text}`) });
    this.#parts.push(part);
    return part;
  }

  /** Who is at which node now, and what worries it. */
  #tell(node: string, line: string): void {
    const { level = 0, msg = '', username, reason, err } = parsed(line);
    if (this.isOver) return;
    if (level >= 40)
      say(`${clock()} ${node}: ${msg}${err?.message === undefined ? '' : ` (${err.message})`}`);
    else if (username === undefined) return;
    else if (msg === 'joined') say(`${clock()} ${node}: ${username} has come in`);
    else if (msg === 'session resumed') say(`${clock()} ${node}: ${username} is here again`);
    else if (msg === 'connection ended') say(`${clock()} ${node}: ${username}'s connection ended, ${reason}`);
    else if (msg === 'session ended') say(`${clock()} ${node}: ${username} has left, ${reason}`);
  }

  /** The first node has made its keys; the others take the same, unless they have them. */
  #shareIdentity(): void {
    for (let n = 2; n <= this.options.nodes; n++) {
      const folder = join(this.#folder, `node-${n}`);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of IDENTITY) {
        const [from, to] = [join(this.#folder, 'node-1', name), join(folder, name)];
        if (existsSync(from) && !existsSync(to)) copyFileSync(from, to, constants.COPYFILE_EXCL);
      }
    }
  }
}

function parsed(line: string): {
  level?: number;
  msg?: string;
  username?: string;
  reason?: string;
  err?: { message?: string };
} {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

const clock = () => new Date().toTimeString().slice(0, 8);

/** The broker has it for as long as the cluster runs: somebody else could take it before, which hardly happens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(listening => server.once('listening', listening));
  const address = server.address();
  await new Promise(closed => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const cluster = new Cluster(options());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    say('\nending …');
    void cluster.end().then(() => process.exit(0));
  });
try {
  await cluster.start();
} catch (error) {
  // What ends because it was asked to has failed at nothing.
  if (cluster.isOver) await cluster.end().then(() => process.exit(0));
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  await cluster.end();
  process.exit(1);
}
