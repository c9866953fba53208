import type { ChatMemo } from '../../application/chat-response.js';
import { BELLS, type Bell } from '../../application/client/preferences.js';

/** Shortest time between two rings, in milliseconds. */
const PAUSE_MS = 1000;

const MEANINGS: Record<Bell, string> = {
  off: 'The bell is off.',
  mentions: 'The bell rings when somebody says your name.',
  all: 'The bell rings at every message.',
};

/** What a ringer does, and tells. */
export interface RingerOutput {
  ring(): void;
  /** Shows the message where somebody sees it who looks elsewhere; not there where nothing can. */
  readonly notify?: ((memo: ChatMemo) => void) | undefined;
  /** The person has chosen another bell. */
  readonly onBell?: ((bell: Bell) => void) | undefined;
}

/** Decides which messages of others are worth a sound. */
export class Ringer {
  #rangAt = Number.NEGATIVE_INFINITY;
  #isCatchingUp = false;
  #hasRungForMissed = false;

  constructor(
    private bell: Bell,
    private readonly out: RingerOutput,
  ) {}

  /** From now on, until it is over, what comes was missed, and is worth one ring together. */
  catchUp(isOver = false): void {
    this.#isCatchingUp = !isOver;
    this.#hasRungForMissed = false;
  }

  /** A message of somebody else has come. */
  heard(memo: ChatMemo, isMention: boolean): void {
    if (!isMention && this.bell !== 'all') return;
    const now = performance.now();
    if (now - this.#rangAt < PAUSE_MS || (this.#isCatchingUp && this.#hasRungForMissed)) return;
    this.#rangAt = now;
    this.#hasRungForMissed = true;
    if (this.bell !== 'off') this.out.ring();
    this.out.notify?.(memo);
  }
  /** Takes a choice as it was typed, none to see which one it is; answers with the words for it. */
  choose(choice: string): string {
    if (choice === '') return `${MEANINGS[this.bell]} Change it with /bell off, mentions or all.`;
    const bell = BELLS.find(one => one === choice.toLowerCase());
    if (bell === undefined) return 'Type /bell off, /bell mentions or /bell all.';
    this.bell = bell;
    this.out.onBell?.(bell);
    return MEANINGS[bell];
  }
}
