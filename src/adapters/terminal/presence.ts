/** How long joins and leaves are gathered after the last that was told, in milliseconds. */
const WINDOW_MS = 1000;
/** Most names in a line, of those who joined and of those who left. */
const MAX_NAMES = 3;

export interface PresenceChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** Of the last of them, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * Tells of joins and leaves: of the first at once, and of all that follow within a second in one line. A user who does
 * both within that line counts on both sides.
 */
export class Presence {
  #joined: string[] = [];
  #left: string[] = [];
  #at = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly tell: (change: PresenceChange) => void) {}

  add(kind: 'joined' | 'left', username: string, at: number): void {
    (kind === 'joined' ? this.#joined : this.#left).push(username);
    this.#at = at;
    if (this.#timer === undefined) this.#tellAndWait();
  }

  /** Tells what is held back: something else is about to be shown. */
  flush(): void {
    if (this.#joined.length + this.#left.length === 0) return;
    const change = { joined: this.#joined, left: this.#left, at: this.#at };
    this.#joined = [];
    this.#left = [];
    this.tell(change);
  }

  close(): void {
    this.flush();
    clearTimeout(this.#timer);
  }

  #tellAndWait(): void {
    const isQuiet = this.#joined.length + this.#left.length === 0;
    this.flush();
    this.#timer = isQuiet ? undefined : setTimeout(() => this.#tellAndWait(), WINDOW_MS);
    this.#timer?.unref();
  }
}

/** Joins and leaves in words: `anna joined`, or `+3 −1: anna, bert and cleo joined, carl left`. */
export function presenceText({ joined, left }: PresenceChange): string {
  if (joined.length + left.length === 1)
    return joined.length === 1 ? `${joined[0]} joined` : `${left[0]} left`;
  const counts = [joined.length > 0 && `+${joined.length}`, left.length > 0 && `−${left.length}`];
  const words = [joined.length > 0 && `${names(joined)} joined`, left.length > 0 && `${names(left)} left`];
  return `${counts.filter(Boolean).join(' ')}: ${words.filter(Boolean).join(', ')}`;
}

function names(all: readonly string[]): string {
  const told = all.length <= MAX_NAMES ? all : all.slice(0, MAX_NAMES - 1);
  const others = all.length - told.length;
  if (others > 0) return `${told.join(', ')} and ${others} more`;
  return [told.slice(0, -1).join(', '), ...told.slice(-1)].filter(Boolean).join(' and ');
}
