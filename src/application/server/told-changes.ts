import type { ModerationEntry } from '../../domain/moderation.js';
import type { RoomChange } from '../../domain/room-change.js';

/** After so long everybody has been told of a change, in milliseconds, unless nobody tells of it: its server was killed. */
const TOLD_MS = 3000;
/** After so long what holds is known here, and what was told after it. */
const SETTLED_MS = 1000;

/** What holds until it is changed again: people have to end with what newcomers are told. */
type Holding = Extract<RoomChange, { type: 'topic' | 'slow' }>;

/**
 * Sees to it that what everybody was told last is what holds. Two operators at two servers may be told of in another order than
 * theirs, and a server may be killed between the two: then any of the servers tells again what holds.
 */
export class ToldChanges {
  readonly #holding = new Map<RoomChange['type'], Holding>();
  readonly #told = new Map<RoomChange['type'], Holding>();
  readonly #timers = new Map<RoomChange['type'], ReturnType<typeof setTimeout>>();
  #isOpen = false;

  /** @param tell everybody; never rejects */
  constructor(private readonly tell: (change: RoomChange) => Promise<void>) {}

  /** What was kept until now has been told long ago. */
  open(): void {
    this.#isOpen = true;
  }

  /** It is so from now on. */
  kept(entry: ModerationEntry): void {
    const change = holdingOf(entry);
    if (change === undefined) return;
    this.#holding.set(change.type, change);
    if (this.#isOpen) this.#lookIn(change.type, TOLD_MS);
  }

  /** Everybody was told so. */
  told(change: RoomChange): void {
    if (change.type !== 'topic' && change.type !== 'slow') return;
    this.#told.set(change.type, change);
    if (this.#isOpen && this.#missed(change.type) !== undefined) this.#lookIn(change.type, SETTLED_MS);
  }

  close(): void {
    this.#isOpen = false;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Somewhat later, so that not all servers tell the same. */
  #lookIn(type: RoomChange['type'], ms: number): void {
    clearTimeout(this.#timers.get(type));
    const timer = setTimeout(() => void this.#look(type), ms * (1 + Math.random())).unref();
    this.#timers.set(type, timer);
  }

  async #look(type: RoomChange['type']): Promise<void> {
    this.#timers.delete(type);
    const holding = this.#missed(type);
    if (holding === undefined) return;
    await this.tell(holding);
    if (this.#isOpen && this.#missed(type) !== undefined) this.#lookIn(type, TOLD_MS);
  }

  /** What holds, if it is not what was told last. */
  #missed(type: RoomChange['type']): Holding | undefined {
    const holding = this.#holding.get(type);
    return holding === undefined || setTo(holding) === setTo(this.#told.get(type)) ? undefined : holding;
  }
}

function holdingOf(entry: ModerationEntry): Holding | undefined {
  const { by } = entry;
  if (entry.type === 'TopicSet') return { type: 'topic', by, topic: entry.topic };
  return entry.type === 'SlowedDown' ? { type: 'slow', by, ms: entry.ms } : undefined;
}

function setTo(change: Holding | undefined): unknown {
  return change?.type === 'topic' ? change.topic : change?.ms;
}
