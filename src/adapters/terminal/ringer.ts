import type { ChatMemo } from '../../application/chat-response.js';
import { BELLS, type Bell } from '../../application/client/preferences.js';
import type { NotifyForm } from './line-editor/notification.js';

/** Whether the terminal notifies of what the bell would ring for, and in which form it is told to. */
export type Notify = 'off' | NotifyForm;

/** Shortest time between two rings, in milliseconds. */
const PAUSE_MS = 1000;

/** Decides which messages of others are worth a sound. */
export class Ringer {
  #rangAt = Number.NEGATIVE_INFINITY;
  #isCatchingUp = false;
  #hasRungForMissed = false;

  constructor(
    public bell: Bell,
    private readonly notify: Notify,
    private readonly out: { ring(): void; notify(form: NotifyForm, memo: ChatMemo): void },
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
    if (this.notify !== 'off') this.out.notify(this.notify, memo);
  }
}

const MEANINGS: Record<Bell, string> = {
  off: 'The bell is off.',
  mentions: 'The bell rings when somebody says your name.',
  all: 'The bell rings at every message.',
};

/** What `/bell` is to do, which no server has to know of: another bell, and the words for it. */
export interface BellCommand {
  readonly bell?: Bell;
  readonly text: string;
}

/** Reads a line as `/bell`, `/bell off`, and so on; nothing when it is something else. */
export function bellCommand(line: string, current: Bell): BellCommand | undefined {
  const [word, value, ...more] = line.trim().split(/\s+/);
  if (word !== '/bell') return undefined;
  const bell = BELLS.find(one => one === value);
  if (value === undefined) return { text: `${MEANINGS[current]} Change it with /bell off, mentions or all.` };
  if (bell === undefined || more.length > 0) return { text: 'Type /bell off, /bell mentions or /bell all.' };
  return { bell, text: MEANINGS[bell] };
}
