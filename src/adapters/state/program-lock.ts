import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { OtherProgram } from '../../application/client/ports.js';

/** How often a lock is tried for that is taken away under our hands; one that cannot be read is never had. */
const MAX_TRIES = 50;

/** This program, as a lock names it: a number alone may be given to another program later. */
const US = `${process.pid} ${stateOf(process.pid)?.start ?? 0}`;

/** A file that says which program of this machine has something, and that is worth nothing once the program is gone. */
export class ProgramLock {
  constructor(private readonly path: string) {}

  get isOurs(): boolean {
    return readText(this.path) === US;
  }

  /**
   * Takes it, also from a program that is gone; answers with the program that has it, unless it is to be taken over.
   * @throws {Error} of node:fs when the file can be neither made nor read
   */
  take(takesOver = false): OtherProgram | undefined {
    for (let tries = 1; ; tries++) {
      const held = takesOver ? this.#replace() : this.#create();
      if (held === undefined) return undefined;
      const text = readText(this.path);
      if (text === US) return undefined;
      const other = text === undefined ? undefined : this.#living(text);
      if (other !== undefined) return other;
      if (tries === MAX_TRIES) throw held;
      if (text !== undefined) this.#putAway(text);
    }
  }

  /** Gives it back; only who has it may. */
  free(): void {
    rmSync(this.path, { force: true });
  }

  /** Answers with the error when the file is there already. */
  #create(): Error | undefined {
    return this.#withDraft(draft => linkSync(draft, this.path));
  }

  #replace(): Error | undefined {
    return this.#withDraft(draft => renameSync(draft, this.path));
  }

  /** Written first, so that nobody ever reads a lock without a name in it. */
  #withDraft(use: (draft: string) => void): Error | undefined {
    const draft = `${this.path}.${process.pid}.tmp`;
    try {
      writeFileSync(draft, US, { mode: 0o600 });
      use(draft);
      return undefined;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return error;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Takes away the lock of a program that is gone, unless another program was quicker and has it now. */
  #putAway(stale: string): void {
    const aside = `${this.path}.${process.pid}.stale`;
    try {
      renameSync(this.path, aside);
      if (readText(aside) !== stale) linkSync(aside, this.path);
    } catch {
      // Somebody else took it away.
    }
    rmSync(aside, { force: true });
  }

  #living(text: string): OtherProgram | undefined {
    const [pid = 0, start] = text.split(' ').map(Number);
    if (!Number.isSafeInteger(pid) || pid <= 0 || !isRunning(pid)) return undefined;
    const state = stateOf(pid);
    if (state !== undefined && (state.start !== start || state.isDead)) return undefined;
    const since = statSync(this.path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return { pid, sinceMs: Math.max(0, Date.now() - since) };
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // somebody else's
  }
}

/** When a program was started, in the system's own unit, and whether only its parent still knows it; Linux only. */
function stateOf(pid: number): { start: number; isDead: boolean } | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // After the name, which may hold anything: proc_pid_stat(5) counts from the third field on here.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { start: Number(fields[19]), isDead: fields[0] === 'Z' || fields[0] === 'X' };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
