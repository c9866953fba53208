import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './cli.js';

/** What a checkout does not hold, or what would make it slow to copy. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'bundle', 'coverage', '.git']);

/** For what runs in a checkout: nobody asks how much of it the tests reach, and to write that down takes long. */
export const UNCOVERED = { NODE_V8_COVERAGE: '' };

/** A copy of this project that a test may build, clean and pack, with the packages that are installed here. */
export class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'chatty-'));

  constructor() {
    for (const entry of readdirSync(ROOT)) {
      if (!LEFT_OUT.has(entry)) cpSync(join(ROOT, entry), join(this.root, entry), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'));
    execFileSync('git', ['init', '--quiet'], { cwd: this.root });
  }

  /** From now on only tests with such a title run. */
  keepTests(title: string): void {
    const path = join(this.root, '.mocharc.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), grep: title }));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
