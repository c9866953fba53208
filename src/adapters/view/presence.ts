import type { PresenceMode } from '../../application/client/preferences.js';
import { markOf, type Named } from './verified-name.js';

/** How long joins and leaves are gathered, in milliseconds. */
const WINDOW_MS = 1000;
/** Longer than it takes a script to come, say something and go, in milliseconds: who is here after that stays. */
const SCRIPT_MS = 300;
/** Most joins and leaves that are gathered: then they are told. */
const MAX_HELD = 1000;
/** Most names in a line, of those who joined and of those who left. */
const MAX_NAMES = 3;

export interface PresenceChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** Of the last of them, in milliseconds since 1970. */
  readonly at: number;
}

interface Movement {
  readonly kind: 'joined' | 'left';
  readonly username: string;
  /** The name as it is told. */
  readonly label: string;
  readonly at: number;
}

/**
 * Tells of joins and leaves. Folded, they are told after a second, all of it in one line, and nothing of somebody who
 * came and went meanwhile: what they have said stands for them.
 */
export class Presence {
  mode: PresenceMode = 'folded';
  #held: Movement[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (change: PresenceChange) => void) {}

  /** @param at in milliseconds since 1970 */
  add(kind: 'joined' | 'left', who: Named, at: number): void {
    const { username } = who;
    const movement = { kind, username, label: username + markOf(who), at };
    if (this.mode === 'all') this.#tellOf([movement]);
    else if (this.mode === 'folded') this.#hold(movement);
  }

  #hold(movement: Movement): void {
    const { kind, username } = movement;
    const came = this.#held.findIndex(held => held.kind === 'joined' && held.username === username);
    if (kind === 'left' && came >= 0) this.#held.splice(came, 1);
    else this.#held.push(movement);
    if (this.#held.length >= MAX_HELD) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  /** Tells what happened before a message of this time, but for what may be a script that is still here. */
  before(at: number): void {
    const first = this.#held.findIndex(held => held.at > at - SCRIPT_MS);
    this.#tellOf(this.#held.splice(0, first < 0 ? this.#held.length : first));
  }

  /** Tells what is held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tellOf(this.#held.splice(0));
  }

  close(): void {
    this.flush();
  }

  #tellOf(movements: readonly Movement[]): void {
    const last = movements.at(-1);
    if (last === undefined) return;
    const of = (kind: Movement['kind']) =>
      movements.filter(one => one.kind === kind).map(({ label }) => label);
    this.tell({ joined: of('joined'), left: of('left'), at: last.at });
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
