import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProbeAnswer, ProbeQuestion } from './probe.js';
import { pinned } from './servers.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROBE = new URL('./probe.js', import.meta.url).href;
const PATIENCE_MS = 20_000;

/** What the process and the system say of a server at one moment. */
export interface Watched extends ProbeAnswer {
  readonly residentMiB: number;
  readonly fds: number;
  readonly fileMiB: number;
  readonly walMiB: number;
  /** Seconds of the processor since its start. */
  readonly cpuSeconds: number;
}

/** A server as people run it, with a probe inside. */
export class WatchedServer {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(folder: string, flags: readonly string[] = []): Promise<WatchedServer> {
    const [program = '', ...args] = pinned(0, [
      ...[process.execPath, '--expose-gc', '--max-semi-space-size=8', '--import', PROBE],
      ...[join(ROOT, 'bin/run.js'), 'server:start', '--port', '0', '--data-dir', folder],
      ...['--log-level', 'warn', ...flags],
    ]);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code}`)));
    ended.catch(() => {});
    let said = '';
    const listens = new Promise<number>((resolve, reject) => {
      setTimeout(() => reject(new Error(`does not start: ${said}`)), PATIENCE_MS).unref();
      child.stdout?.on('data', chunk => {
        said += String(chunk);
        const port = /port (\d+)/.exec(said)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    });
    return new WatchedServer(child, await Promise.race([listens, ended]), folder);
  }

  async watch(collect = false): Promise<Watched> {
    const question: ProbeQuestion = { collect };
    this.child.send(question);
    const [answer] = (await once(this.child, 'message')) as [ProbeAnswer];
    const proc = `/proc/${this.child.pid}`;
    const stat = readFileSync(`${proc}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return {
      ...answer,
      residentMiB: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`${proc}/status`, 'utf8'))?.[1]) / 1024,
      fds: readdirSync(`${proc}/fd`).length,
      fileMiB: sizeOf(join(this.folder, 'room.db')),
      walMiB: sizeOf(join(this.folder, 'room.db-wal')),
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / 100,
    };
  }

  /** Asks it to stop. @returns its exit code */
  async stop(): Promise<number | null> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const [code] = await gone;
    return code;
  }
}

function sizeOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 2 ** 20;
}
