import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import { Program } from './cli.js';
import { type StartedServer, startServer } from './server.js';

/** OpenSSH's client, and `script` of util-linux, which gives it a pseudo-terminal; CI has both. */
export const HAS_SSH =
  spawnSync('ssh', ['-V']).status === 0 &&
  spawnSync('script', ['--version']).stdout?.includes('util-linux') === true;

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SshOptions {
  /** Files of keys, in the order in which they are offered; none when empty. */
  readonly keys?: readonly string[];
  readonly input?: string;
  /** More options of ssh. */
  readonly options?: readonly string[];
}

/** Somebody's machine with nothing but ssh on it: a folder with keys, and the hosts that are known. */
export class SshHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'chatty-ssh-'));
  readonly #running: Program[] = [];

  constructor(readonly port: number) {}

  get knownHosts(): string {
    return join(this.folder, 'known_hosts');
  }

  /** A new key, as a file. */
  newKey(type: KeyType, name: string = type): string {
    const file = join(this.folder, name);
    const { status } = spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
    if (status !== 0) throw new Error('ssh-keygen has failed');
    return file;
  }

  /** The line of OpenSSH of a key, without its comment. */
  lineOf(file: string): string {
    return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  }

  /** What `ssh` is called with. */
  args(username: string, { keys = [], options = [] }: SshOptions = {}): string[] {
    return [
      ...['-F', 'none', '-p', String(this.port), '-o', 'IdentityAgent=none', '-o', 'IdentitiesOnly=yes'],
      ...['-o', 'StrictHostKeyChecking=accept-new', '-o', `UserKnownHostsFile=${this.knownHosts}`],
      ...['-o', 'LogLevel=ERROR'],
      ...(keys.length > 0 ? keys.flatMap(key => ['-i', key]) : ['-o', 'PubkeyAuthentication=no']),
      ...options,
      `${username}@127.0.0.1`,
    ];
  }

  /** Runs a command there, or the room without a terminal. */
  run(username: string, command: readonly string[], options: SshOptions = {}): Promise<SshResult> {
    return new Promise(resolve => {
      const args = [...this.args(username, options), ...command];
      const child = execFile('ssh', args, { timeout: 20_000 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.on('error', () => {}).end(options.input ?? '');
    });
  }

  /** Joins from a pseudo-terminal of this size; `EXIT n` is said at the end. */
  terminal(username: string, options: SshOptions = {}, columns = 70, rows = 12): Program {
    const words = this.args(username, options).map(word => `'${word}'`);
    const command = `stty cols ${columns} rows ${rows}; ssh ${words.join(' ')}; echo EXIT $?`;
    const program = Program.start('script', ['-qefc', command, '/dev/null'], { TERM: 'xterm-256color' });
    this.#running.push(program);
    return program;
  }

  /** A program that runs on without a terminal. */
  start(username: string, options: SshOptions = {}): Program {
    const program = Program.start('ssh', [...this.args(username, options)]);
    this.#running.push(program);
    return program;
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(program => program.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Passes over the tests of a suite where there is no ssh; CI has to have it. */
export function needSsh(this: Mocha.Context): void {
  if (HAS_SSH) return;
  if (process.env.CI !== undefined) throw new Error('CI has to have openssh-client and util-linux');
  process.stderr.write('SKIPPED: the tests with ssh need openssh-client, and `script` of util-linux\n');
  this.skip();
}

/** A server of this process that takes ssh, and a machine that has nothing else. */
export class SshRoom {
  private constructor(
    readonly server: StartedServer,
    readonly home: SshHome,
  ) {}

  static async start(settings: ServerSettings = {}): Promise<SshRoom> {
    const server = await startServer({ ssh: 0, ...settings });
    const port = server.addresses.find(({ scheme }) => scheme === 'ssh')?.port ?? 0;
    return new SshRoom(server, new SshHome(port));
  }

  /** Who is in the room, those who have proven their name with a mark. */
  get users(): string[] {
    return Array.from(
      this.server.room.users,
      ({ username, session }) => `${username}${session.key === undefined ? '' : '✓'}`,
    );
  }

  async stop(): Promise<void> {
    await this.home.close();
    await this.server.stop();
  }
}
