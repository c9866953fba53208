import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOCKET_IO, socketIo } from './socket-io.js';

/** A server that can be measured: how it is started, and how it is spoken to. */
export interface ServerKind {
  readonly name: string;
  readonly dialect: string;
  /** Whether it is spoken to in TLS. */
  readonly isEncrypted?: boolean;
  /** The program that has to be there, and where to get it; of a package, whether it was got. */
  readonly needs?: { readonly program?: string; readonly isThere?: () => boolean; readonly from: string };
  /** Whether it is spoken to where its page is. */
  readonly isWeb?: boolean;
  /** Rooms that it cannot fill within a minute are not asked of it. */
  readonly maxClients?: number;
  command(port: number, folder: string): string[];
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How chatty says where its page is. */
const PAGE = /In a browser: \S+:(\d+)\//;

/** As it is started by default: what is said is recorded in a file before it is told. */
export const CHATTY = chatty('chatty');
/** What recording costs is the difference to this one. */
export const FORGETFUL = chatty('chatty, in memory', '--history', 'memory');
/** Nothing that was acknowledged is lost in a power cut either. */
export const DURABLE = chatty('chatty, synchronous full', '--synchronous', 'full');
/** Messages wait for each other: what latency buys in CPU. */
export const COALESCING = chatty('chatty, 20 ms', '--coalesce-ms', '20');

/** What encryption costs is the difference of this one to the first. */
export const ENCRYPTED: ServerKind = { ...chatty('chatty, TLS'), isEncrypted: true };

/** The same room, in which all come with a browser; and encrypted. */
export const WEB: ServerKind = {
  ...chatty('chatty, WebSocket', '--web', '0'),
  dialect: 'chatty in a WebSocket',
  isWeb: true,
};
export const ENCRYPTED_WEB: ServerKind = { ...WEB, name: 'chatty, WebSocket, TLS', isEncrypted: true };

/** With the limits that there are for everybody who is not on the same machine. */
export const LIMITED = chatty('chatty, limited', '--no-trust-loopback', '--web', '0');
/** The same, where fifty may come in at once again and again. */
export const LIMITED_BUT_JOINS = chatty(
  'chatty, limited but joins',
  ...['--no-trust-loopback', '--web', '0', '--total-join-rate', '0'],
);

function chatty(name: string, ...flags: string[]): ServerKind {
  return {
    name,
    dialect: 'chatty',
    command: (port, folder) => [
      ...[process.execPath, join(ROOT, 'bin/run.js'), 'server:start'],
      ...['--host', '127.0.0.1', '--port', `${port}`, '--data-dir', folder],
      ...['--log-level', 'silent', ...flags],
    ],
  };
}

export const NAIVE: ServerKind = {
  name: 'naive loop',
  dialect: 'chatty',
  command: () => [process.execPath, join(ROOT, 'dist/bench/naive-server.js')],
};

/** Those that speak in WebSockets. */
export const WEB_PEERS: readonly ServerKind[] = [
  {
    name: 'ws.send loop',
    dialect: 'chatty in a WebSocket',
    command: () => [process.execPath, join(ROOT, 'dist/bench/ws-loop-server.js')],
  },
  {
    name: 'socket.io',
    dialect: 'socket.io',
    needs: { isThere: () => socketIo() !== undefined, from: `npm install ${SOCKET_IO}` },
    command: () => [process.execPath, join(ROOT, 'dist/bench/socket-io-server.js'), socketIo() ?? ''],
  },
];

export const PEERS: readonly ServerKind[] = [
  NAIVE,
  {
    name: 'nats-server',
    dialect: 'nats',
    needs: { program: 'nats-server', from: 'apt-get install nats-server' },
    command: port => ['nats-server', '--addr', '127.0.0.1', '--port', `${port}`],
  },
  {
    name: 'ngircd',
    maxClients: 500, // it lets 1,000 in one after the other, for minutes
    dialect: 'irc',
    needs: { program: 'ngircd', from: 'apt-get install ngircd' },
    command: (port, folder) => {
      const config = join(folder, 'ngircd.conf');
      const limits = 'MaxConnections = 0\nMaxConnectionsIP = 0\nMaxJoins = 0\nMaxPenaltyTime = 0\n';
      const options = '[Options]\nIdent = no\nPAM = no\nDNS = no\n';
      const listen = `[Global]\nName = irc.bench.example\nInfo = bench\nListen = 127.0.0.1\nPorts = ${port}\n`;
      writeFileSync(
        config,
        `${listen}ServerUID = nobody\nServerGID = nogroup\n[Limits]\n${limits}${options}`,
      );
      return ['ngircd', '--nodaemon', '--config', config];
    },
  },
  {
    name: 'inspircd',
    dialect: 'irc',
    needs: { program: 'inspircd', from: 'apt-get install inspircd' },
    command: (port, folder) => {
      const config = join(folder, 'inspircd.conf');
      writeFileSync(
        config,
        [
          `<server name="irc.bench.example" description="bench" network="bench" id="001">`,
          `<admin name="bench" nick="bench" email="bench@bench.example">`,
          `<bind address="127.0.0.1" port="${port}" type="clients">`,
          `<connect allow="*" timeout="60" flood="0" threshold="1000000" pingfreq="2m" hardsendq="1G" softsendq="1G" recvq="1M"`,
          ` localmax="100000" globalmax="100000" maxconnwarn="off" fakelag="no" commandrate="1000000000" resolvehostnames="no">`,
          `<performance softlimit="100000" somaxconn="4096" clonesonconnect="no"><pid file="${folder}/pid">`,
        ].join('\n'),
      );
      return ['inspircd', '--nofork', '--runasroot', '--config', config];
    },
  },
];

export function isThere({ needs = { from: '' } }: ServerKind): boolean {
  const { program, isThere = () => true } = needs;
  return program === undefined ? isThere() : spawnSync('which', [program]).status === 0;
}

/** A started server, and what the operating system says of it. */
export class RunningServer {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    /** That of the page, if it has one. */
    readonly webPort: number | undefined,
    private readonly ownFolder: string | undefined,
  ) {}

  /** Without a `folder` it gets one of its own, for as long as it runs. */
  static async start(
    kind: ServerKind,
    folder?: string,
    flags: readonly string[] = [],
  ): Promise<RunningServer> {
    const own = folder === undefined ? mkdtempSync(join(tmpdir(), 'chatty-bench-')) : undefined;
    const home = folder ?? own ?? '';
    const [program = '', ...args] = pinned(0, [...kind.command(await freePort(), home), ...flags]);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout?.on('data', chunk => {
      said += String(chunk);
    });
    const wanted = numberIn(args.join(' '), /(?:--port|port="|Ports = )\D*(\d+)/);
    const deadline = performance.now() + 15_000;
    for (;;) {
      const page = numberIn(said, PAGE);
      const port = kind.isWeb ? page : (numberIn(said, /port (\d+)/) ?? wanted ?? portIn(home));
      const isWhole = port !== undefined && (page !== undefined || !args.includes('--web'));
      if (isWhole && (await answers(port))) return new RunningServer(child, port, page, own);
      if (performance.now() > deadline || child.exitCode !== null)
        throw new Error(`${kind.name} does not start`);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }

  /** Seconds of processor time so far, of all its threads; ticks of 10 ms. */
  get cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** How many times it has asked the system to write, to sockets or files; 0 where the system does not show that. */
  get writes(): number {
    return Number(/syscw: (\d+)/.exec(readFileSync(`/proc/${this.child.pid}/io`, 'utf8'))?.[1] ?? 0);
  }

  /** Resident memory, in MiB. */
  get residentMiB(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  async stop(): Promise<void> {
    const gone = new Promise(resolve => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
    if (this.ownFolder !== undefined) rmSync(this.ownFolder, { recursive: true, force: true });
  }
}

/** A command that keeps to one core, where the machine lets us choose. */
export function pinned(core: number, command: string[]): string[] {
  const can = spawnSync('taskset', ['-c', String(core), 'true']).status === 0;
  return can ? ['taskset', '-c', String(core), ...command] : command;
}

function portIn(folder: string): number | undefined {
  for (const file of ['ngircd.conf', 'inspircd.conf']) {
    try {
      return numberIn(readFileSync(join(folder, file), 'utf8'), /(?:Ports = |port=")(\d+)/);
    } catch {
      // the other one
    }
  }
  return undefined;
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const [, digits] = pattern.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
