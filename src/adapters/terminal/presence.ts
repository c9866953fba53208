/** How long comings and goings are gathered after the last that was told, in milliseconds. */
const WINDOW_MS = 1000;
/** So many names are told of those who came, and of those who went. */
const MAX_NAMES = 3;

export interface Comings {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** Of the last of them, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * Tells who comes and goes: one at once, and as many as follow within a second in one line. Whoever comes and goes
 * within that line, or goes and comes, counts on both sides.
 */
export class Presence {
  #joined: string[] = [];
  #left: string[] = [];
  #at = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly tell: (comings: Comings) => void) {}

  add(kind: 'joined' | 'left', username: string, at: number): void {
    (kind === 'joined' ? this.#joined : this.#left).push(username);
    this.#at = at;
    if (this.#timer === undefined) this.#tellAndWait();
  }

  /** Tells what is held back: something else is about to be shown. */
  flush(): void {
    if (this.#joined.length + this.#left.length === 0) return;
    const comings = { joined: this.#joined, left: this.#left, at: this.#at };
    this.#joined = [];
    this.#left = [];
    this.tell(comings);
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

/** Who came and went, in words: `anna joined`, or `+3 −1: anna, bert and cleo joined, carl left`. */
export function comingsText({ joined, left }: Comings): string {
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
