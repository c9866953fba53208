import type { Journal } from './cluster/journal.js';
import type { KeyProofs } from './name-ports.js';

/** How long the key of somebody who was refused is remembered, in milliseconds. */
const KEPT_MS = 10 * 60_000;
/** Most that are remembered under one name, and in all: the oldest go first. */
const MOST_OF_NAME = 10;
const MOST = 1000;

interface RefusedKey {
  readonly username: string;
  readonly key: string;
  readonly at: number;
}

/**
 * Keys that were proven and refused, since the name is somebody else's: its owner may know one of them as that of another
 * device of theirs, by the code that is shown there.
 */
export class RefusedKeys {
  /** From the oldest to the newest. */
  #keys: RefusedKey[] = [];

  /**
   * @param others servers of the room, if there are any: its owner may be at one of them
   * @param now in milliseconds, never set back
   */
  constructor(
    private readonly proofs: Pick<KeyProofs, 'codeOf'>,
    private readonly others?: Pick<Journal, 'call' | 'listen'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Called once, when others can be heard. */
  open(): void {
    this.others?.listen(text => {
      const refused = refusedIn(text);
      if (refused !== undefined) this.#remember(refused.username, refused.key);
    });
  }

  /** Remembers it, here and at the other servers. @param username as its owner spells it @returns its code */
  add(username: string, key: string): string {
    this.#remember(username, key);
    this.others?.call(JSON.stringify({ type: 'KeyRefused', username, key }));
    return this.proofs.codeOf(key);
  }

  /** The keys with this code that were refused under this name of late: two of them are one too many. */
  find(username: string, code: string): string[] {
    const ofName = this.#recent().filter(one => one.username === username);
    return ofName.map(({ key }) => key).filter(key => this.proofs.codeOf(key) === code);
  }

  #remember(username: string, key: string): void {
    const others = this.#recent().filter(one => one.username !== username || one.key !== key);
    const ofName = others.filter(one => one.username === username);
    const tooMany = new Set(ofName.slice(0, Math.max(0, ofName.length - MOST_OF_NAME + 1)));
    const kept = others.filter(one => !tooMany.has(one));
    this.#keys = [...kept, { username, key, at: this.now() }].slice(-MOST);
  }

  #recent(): RefusedKey[] {
    const since = this.now() - KEPT_MS;
    return this.#keys.filter(({ at }) => at > since);
  }
}

/** What another server has said of a key; nothing when it has said something else. */
function refusedIn(text: string): { readonly username: string; readonly key: string } | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const { type, username, key } = JSON.parse(text);
    const isRefused = type === 'KeyRefused' && typeof username === 'string' && typeof key === 'string';
    return isRefused ? { username, key } : undefined;
  } catch {
    return undefined;
  }
}
