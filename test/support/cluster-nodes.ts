import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Program } from './cli.js';
import type { Place } from './cluster-guests.js';

/** Nobody is turned away because of how often all these come from one machine. */
const NO_LIMITS = ['--connect-rate', '0', '--join-rate', '0', '--total-join-rate', '0'];
/** How often a server that does not start is tried again, as a service manager does. */
const TRIES = 10;
const AGAIN_MS = 500;

export interface NodeOptions {
  /** As in --history. */
  readonly history: string;
  readonly host: string;
  readonly flags?: readonly string[];
}

/** A server of a room, as a process, that can be killed, frozen and started again in the same folder and on the same port. */
export class ClusterNode implements Place {
  readonly #folder = mkdtempSync(join(tmpdir(), 'chatty-node-'));
  #program: Program | undefined;
  #port = 0;
  #webPort = 0;
  #isWanted = false;
  /** It ended without being told to, and how. */
  readonly complaints: string[] = [];
  /** How often it had to be started anew until it was there. */
  failedStarts = 0;
  /** All that its log has said, of all its lives. */
  readonly #logs: Program[] = [];

  constructor(
    readonly name: string,
    private readonly options: NodeOptions,
  ) {}

  get host(): string {
    return this.options.host;
  }

  get port(): number {
    return this.#port;
  }

  get webPort(): number {
    return this.#webPort;
  }

  async start(): Promise<void> {
    const { history, host, flags = [] } = this.options;
    for (let tried = 1; ; tried++) {
      const ports = ['--port', String(this.#port), '--web', String(this.#webPort)];
      const args = ['--history', history, '--host', host, ...ports, ...NO_LIMITS];
      try {
        const [program, port] = await Program.server([...args, '--data-dir', this.#folder, ...flags]);
        await program.says('In a browser');
        this.#port = port;
        this.#webPort = Number(/In a browser: \S+:(\d+)\//.exec(program.stdout)?.[1]);
        this.#program = program;
        break;
      } catch (error) {
        this.failedStarts++;
        if (tried === TRIES) throw error;
        await delay(AGAIN_MS);
      }
    }
    this.#isWanted = true;
    const program = this.#program;
    this.#logs.push(program);
    void program.exit().then(how => {
      if (this.#isWanted && program === this.#program)
        this.complaints.push(`${this.name} ended with ${how}: ${program.stderr.slice(-1000)}`);
    });
  }

  async kill(): Promise<void> {
    this.#isWanted = false;
    await this.#program?.kill();
  }

  freeze(): void {
    this.#program?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#program?.signal('SIGCONT');
  }

  /** When its log said these words, in milliseconds since 1970. */
  timesOf(words: string): number[] {
    return this.#logs.flatMap(({ stderr }) =>
      stderr
        .split('\n')
        .filter(line => line.includes(`"msg":"${words}"`))
        .map(line => Date.parse(JSON.parse(line).time)),
    );
  }

  /** Lines of its log that tell of a fault. */
  get faults(): string[] {
    return this.#logs.flatMap(({ stderr }) =>
      stderr.split('\n').filter(line => /"msg":"fault/.test(line) || /^\s+at /.test(line)),
    );
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
