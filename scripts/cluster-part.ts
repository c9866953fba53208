import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** By which a process ends with this one, however this one ends; of util-linux. */
const WITH_PARENT = '/usr/bin/setpriv';
/** How long one may take to start, and to end when it is asked to, in milliseconds. */
const START_MS = 30_000;
const END_MS = 15_000;
/** After how long one that was killed starts again, in milliseconds: long enough to see what people notice. */
const RESTART_MS = 5000;

export interface PartOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly log: string;
  /** What it says when it is ready. */
  readonly ready: RegExp;
  /** Told every line that it says. */
  readonly onLine: (line: string) => void;
  readonly say: (text: string) => void;
}

/** A process of the cluster: it is started again when it ends without being asked to. */
export class ClusterPart {
  #child: ChildProcess | undefined;
  #isEnding = false;
  /** It has been ready once: from then on it is started again whenever it ends. */
  #isKnown = false;

  constructor(private readonly options: PartOptions) {}

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get #isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it is ready. Rejects with why it is not. */
  async start(): Promise<void> {
    const { name, command, log, ready, onLine } = this.options;
    const [program = '', ...args] = existsSync(WITH_PARENT)
      ? [WITH_PARENT, '--pdeathsig', 'TERM', ...command]
      : command;
    // In a group of its own, so that Ctrl-C reaches this process alone, which ends them in their order.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    const file = createWriteStream(log, { flags: 'a', mode: 0o600 });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', line => {
        file.write(`${line}\n`);
        if (ready.test(line)) resolve();
        onLine(line);
      });
    const fail = (why: string) => reject(new Error(`${name} ${why}:\n${lastLines(log)}`));
    const timer = setTimeout(() => fail(`is not ready after ${START_MS / 1000} s`), START_MS);
    child.once('error', error => fail(`cannot be started (${error.message})`));
    child.once('close', (code, signal) => {
      file.end(() => {
        fail(`has ended with ${signal ?? `code ${code}`}`);
        this.#onEnd(signal ?? `code ${code}`);
      });
    });
    await promise.finally(() => clearTimeout(timer));
    this.#isKnown = true;
  }

  /** Asks it to end, and makes it after a while. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const child = this.#child;
    if (child === undefined || !this.#isRunning) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    child.kill('SIGCONT'); // one that somebody has frozen hears nothing else
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await gone.finally(() => clearTimeout(timer));
  }

  #onEnd(how: string): void {
    const { name, log, say } = this.options;
    if (this.#isEnding || !this.#isKnown) return;
    const why = how.startsWith('code') ? `: ${lastLines(log, 1)}` : '';
    say(`${name} has ended (${how})${why}; it starts again in ${RESTART_MS / 1000} s`);
    setTimeout(() => {
      if (this.#isEnding) return;
      this.start().then(
        () => say(`${name} is there again, process ${this.pid}`),
        // One that has ended again says so above, and is tried again.
        error => this.#isRunning && say(String(error instanceof Error ? error.message : error)),
      );
    }, RESTART_MS);
  }
}

function lastLines(path: string, count = 10): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
