import { newSession } from '../../application/client/own-session.js';
import type {
  OtherProgram,
  OwnSession,
  OwnSessions,
  SavedSession,
  UnsentMessage,
} from '../../application/client/ports.js';
import { usernameKey } from '../../domain/name-key.js';
import type { Shelf } from './shelf.js';

/** Held by one tab of a browser at a time. */
export interface TabLock {
  /** Resolves to what gives it back; to nothing when another tab has it, and it is not to be taken from that one. */
  take(name: string, steal: boolean, onLost: () => void): Promise<(() => void) | undefined>;
}

/** What is written down. */
interface Saved extends SavedSession {
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * A person's sessions in a browser. The tab keeps its own, so a page that is loaded again goes on with it, and so does a tab
 * that is a copy. Where tabs can tell who has which name, the browser keeps it too, for one that was closed and is opened
 * again. How far was read is not kept: a page that is loaded begins with the last messages, and goes back from there.
 */
export class TabSessions implements OwnSessions {
  /** @param lock nothing where tabs know nothing of each other */
  constructor(
    private readonly tab: Shelf,
    private readonly browser: Shelf,
    private readonly lock?: TabLock,
  ) {}

  async claim(username: string, takesOver = false): Promise<OwnSession | OtherProgram> {
    const { tab, browser, lock } = this;
    const name = `chatty session ${usernameKey(username)}`;
    const own = read(tab, name);
    if (lock === undefined) return new TabSession(name, [tab], own);
    let session: TabSession | undefined;
    const giveBack = await lock.take(name, takesOver || own !== undefined, () => session?.lose());
    const saved = own ?? read(browser, name);
    if (giveBack === undefined)
      return { pid: 0, sinceMs: Math.max(0, Date.now() - (saved?.at ?? Date.now())) };
    session = new TabSession(name, [tab, browser], saved, giveBack);
    return session;
  }
}

class TabSession implements OwnSession {
  readonly saved: SavedSession;
  #kept: SavedSession;
  #isOver = false;

  constructor(
    private readonly name: string,
    private shelves: readonly Shelf[],
    before: Saved | undefined,
    private readonly giveBack: () => void = () => {},
  ) {
    const { token, unsent } = before ?? newSession().saved;
    // Of several tabs that count connections for one session, the last one that took it up counts highest.
    const attempt = Math.max((before?.attempt ?? 0) + 1, Date.now());
    this.#kept = { token, attempt, ...(unsent && { unsent }) };
    this.saved = { ...this.#kept, attempt: before === undefined ? 0 : attempt };
    this.#write();
  }

  readTo(): void {}

  keep(unsent: readonly UnsentMessage[]): void {
    if (unsent.length === 0 && this.#kept.unsent === undefined) return;
    const { unsent: _, ...rest } = this.#kept;
    this.#kept = { ...rest, ...(unsent.length > 0 && { unsent }) };
    this.#write();
  }

  forget(): void {
    if (!this.#isOver) for (const shelf of this.shelves) shelf.removeItem(this.name);
    this.release();
  }

  release(): void {
    this.#isOver = true;
    this.giveBack();
  }

  #write(): void {
    const saved: Saved = { ...this.#kept, at: Date.now() };
    if (!this.#isOver) for (const shelf of this.shelves) shelf.setItem(this.name, JSON.stringify(saved));
  }

  /** Another tab has taken it over: what the browser keeps is that one's. */
  lose(): void {
    this.shelves = this.shelves.slice(0, 1);
  }
}

/** What is written down, as far as it is what it should be. */
function read(shelf: Shelf, name: string): Saved | undefined {
  try {
    const { token, attempt, at, unsent } = JSON.parse(shelf.getItem(name) ?? '{}');
    if (typeof token !== 'string' || !isWhole(attempt) || !isWhole(at)) return undefined;
    return { token, attempt, at, ...(Array.isArray(unsent) && { unsent: unsent.filter(isUnsent) }) };
  } catch {
    return undefined;
  }
}

function isUnsent(value: Partial<UnsentMessage> | null): value is UnsentMessage {
  return typeof value?.ref === 'string' && typeof value.message?.content === 'string';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
