import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { until } from './until.js';

/** Starts the program that it is given once for each line that it reads, and hands it the socket, as systemd does. */
const HOLDER = `while read -r _; do
  sh -c 'echo "started $$"; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"' sh "$@"
  echo ended
done`;

/**
 * A socket that listens as long as this is there, whether a server accepts what comes or not: what systemd.socket(5) does,
 * with a shell.
 */
export class HeldSocket {
  /** What the program has said since it was started. */
  stdout = '';

  private constructor(
    private readonly holder: ChildProcess,
    readonly port: number,
  ) {
    holder.stdout?.on('data', chunk => {
      this.stdout += String(chunk);
    });
  }

  /** @param command what is started with the socket as its file 3 */
  static async open(command: readonly string[], env: Record<string, string> = {}): Promise<HeldSocket> {
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const holder = spawn('sh', ['-c', HOLDER, 'sh', ...command], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'ignore', handleOf(server)],
      detached: true,
    });
    await once(holder, 'spawn');
    server.close(); // from here on nobody accepts, and what comes waits
    return new HeldSocket(holder, port);
  }

  /** Starts the program, when an earlier one has ended. */
  start(): void {
    this.stdout = '';
    this.holder.stdin?.write('\n');
  }

  /** Signals the program; resolves when it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    process.kill(Number(/started (\d+)/.exec(this.stdout)?.[1]), signal);
    await until(() => this.stdout.includes('ended\n'));
  }

  /** Ends the program and the socket. */
  async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.holder;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    process.kill(-pid, 'SIGKILL');
    await once(this.holder, 'exit');
  }
}

/** The number of the socket's file, which Node tells nobody: the child has a copy of it. */
function handleOf(server: Server): number {
  const { _handle } = server as Server & { readonly _handle: { readonly fd: number } };
  return _handle.fd;
}
