import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Program } from '../test/support/cli.js';
import { Emulator } from '../test/support/emulator.js';
import { until } from '../test/support/until.js';
import { rowsOf } from './cells.js';
import type { FilmedScreen } from './recording.js';
import { drawRow } from './svg.js';

/** How long anything may take to come to the screen, in milliseconds. */
const PATIENCE_MS = 30_000;
/** Shortest and longest time between two keys, in milliseconds. */
const KEY_MS = [40, 80] as const;

export interface PaneOptions {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly env: Record<string, string>;
  readonly random: () => number;
}

/** A shell in a real pseudo-terminal of util-linux's `script`, its screen, and a person who types. */
export class Pane implements FilmedScreen {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly screen: Emulator;
  readonly #shell: Program;
  readonly #random: () => number;

  constructor({ title, columns, rows, env, random }: PaneOptions) {
    this.title = title;
    this.columns = columns;
    this.rows = rows;
    this.#random = random;
    this.screen = new Emulator({ columns, rows });
    const command = `stty cols ${columns} rows ${rows}; PS1='$ ' exec bash --norc --noprofile -i`;
    this.#shell = Program.start('script', ['-qefc', command, '/dev/null'], env);
    this.#shell.child.stdout.on('data', (chunk: Buffer) => this.screen.terminal.write(chunk));
    this.screen.terminal.onData(answer => this.#shell.type(answer));
  }

  /** Types one key after the other, as fast as people do. */
  async types(text: string): Promise<void> {
    const [least, most] = KEY_MS;
    for (const { segment } of new Intl.Segmenter('en').segment(text)) {
      this.#shell.type(segment);
      await delay(least + this.#random() * (most - least));
    }
  }

  /** Types a line, and ends it. */
  async says(text: string): Promise<void> {
    await this.types(text);
    await delay(150);
    this.#shell.type('\r');
  }

  /** Resolves when this is to be seen. */
  async shows(what: RegExp): Promise<void> {
    await until(() => what.test(this.screen.screen.join('\n')), PATIENCE_MS).catch(() => {
      throw new Error(`${this.title} never shows ${what}:\n${this.screen.screen.join('\n')}`);
    });
  }

  drawn(): string[] {
    return rowsOf(this.screen.terminal.buffer.active, this.rows).map(drawRow);
  }

  text(): string[] {
    return this.screen.screen;
  }

  /** Kills what runs in the shell, as `kill -9` does. */
  killProgram(): void {
    for (const shell of childrenOf(this.#shell.child.pid))
      for (const program of childrenOf(shell)) process.kill(program, 'SIGKILL');
  }

  /** Ends the shell and all that runs in it; not every program ends when `script` hangs up. */
  async close(): Promise<void> {
    const shells = childrenOf(this.#shell.child.pid);
    this.killProgram();
    for (const shell of shells) process.kill(shell, 'SIGKILL');
    await this.#shell.kill();
  }
}

/** The processes that a process has started, and that still run. */
function childrenOf(pid: number | undefined): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended
  }
}
