import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BIN = join(ROOT, 'bin/run.js');

/** Every command that there is, in the order in which it is shown. */
export const COMMANDS: readonly string[] = [
  ...['join', 'key', 'send', 'settings'].map(name => `client:${name}`),
  ...['completion', 'help'],
  ...['backup', 'ban', 'bans', 'config', 'delete', 'dismiss', 'export', 'kick', 'mute', 'names', 'operator']
    .concat('restore', 'slow', 'start', 'status', 'topic', 'unban', 'unmute')
    .map(name => `server:${name}`),
];

/** How long a program may take to come so far, in milliseconds: it starts Node, on machines that are busy. */
const PATIENCE_MS = 30_000;

/** Variables that would change what the program does. */
const SETTINGS = /^(TCP_SERVER_|CHATTY_|NO_COLOR|FORCE_COLOR)/;

/** The real program as a process of its own, with a home of its own: nothing of it is left when it has ended. */
export class Program {
  stdout = '';
  stderr = '';
  readonly #exited: Promise<unknown[]>;

  private constructor(
    readonly child: ChildProcessWithoutNullStreams,
    home: string,
  ) {
    this.#exited = once(child, 'close').finally(() => rmSync(home, { recursive: true, force: true }));
    child.stdout.on('data', chunk => {
      this.stdout += String(chunk);
    });
    child.stderr.on('data', chunk => {
      this.stderr += String(chunk);
    });
    child.stdin.on('error', () => {}); // a program that has ended reads no more
  }

  static chatty(args: string[], env: Record<string, string> = {}): Program {
    return Program.start(process.execPath, [BIN, ...args], env);
  }

  static start(command: string, args: string[], env: Record<string, string> = {}, cwd = ROOT): Program {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !SETTINGS.test(name)),
    );
    const home = mkdtempSync(join(tmpdir(), 'chatty-home-'));
    const folders = { XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, CHATTY_KEY: 'none' };
    const all = { ...inherited, ...folders, ...env };
    return new Program(spawn(command, args, { cwd, env: all, detached: true }), home);
  }

  /** Starts a server, on a port of the system's choice unless `args` name one, and gives back its port. */
  static async server(
    args: string[] = [],
    env: Record<string, string> = {},
  ): Promise<[Program, port: number]> {
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const server = Program.chatty(['server:start', ...port, ...args], env);
    await server.says('chatty listens on');
    return [server, Number(/port (\d+)/.exec(server.stdout)?.[1])];
  }

  static client(port: number, args: string[] = [], env: Record<string, string> = {}): Program {
    return Program.chatty(['client:join', '--port', String(port), ...args], env);
  }

  type(text: string): this {
    this.child.stdin.write(text);
    return this;
  }

  endInput(text = ''): this {
    this.child.stdin.end(text);
    return this;
  }

  signal(signal: NodeJS.Signals): this {
    this.child.kill(signal);
    return this;
  }

  /** Signals the program and all that it has started: `just` and `npx` pass nothing on. */
  signalAll(signal: NodeJS.Signals): this {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
    return this;
  }

  async says(text: string): Promise<void> {
    await until(() => this.stdout.includes(text) || this.#ended, PATIENCE_MS);
    if (!this.stdout.includes(text))
      throw new Error(`ended without "${text}": ${this.stdout}\n${this.stderr}`);
  }

  /** The exit code, or the signal that ended it. */
  async exit(): Promise<number | string> {
    const [code, signal] = await this.#exited;
    return (code ?? signal) as number | string;
  }

  /** Ends what is still running, at once. */
  async kill(): Promise<void> {
    if (!this.#ended) this.signalAll('SIGKILL');
    await this.#exited;
  }

  get #ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
