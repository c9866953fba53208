import type { Incarnation } from './entry.js';
import type { Journal } from './journal.js';
import type { RoomServers } from './room-servers.js';

/** How often a server says that it is there, and looks after the others; in milliseconds. */
const BEAT_MS = 250;
/** After so long a silence a server is asked, in milliseconds. */
const SILENCE_MS = 1250;
/** How long it has for its answer, in milliseconds: with both, all others know within two seconds that it is gone. */
const ANSWER_MS = 400;
/** After so long without the brokers, or with too few of them, clients are better off elsewhere, if there is an elsewhere; in milliseconds. */
const CUT_OFF_MS = 10_000;
/** For so long after this server was cut off, or stood still, the silence of others says nothing; in milliseconds. */
const SETTLE_MS = 2000;

/** Says that this server is there, and finds out which of the others are not any more. */
export class ServerWatch {
  readonly #heard = new Map<Incarnation, number>();
  readonly #asked = new Set<Incarnation>();
  #own: Incarnation = '';
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #since = 0;
  #isCutOff = false;

  /** @param onGone called for a server that has to be taken out of the room, again and again until it is */
  constructor(
    private readonly journal: Pick<
      Journal,
      'call' | 'listen' | 'answerAs' | 'find' | 'connectedSince' | 'outOfTouchSince'
    >,
    private readonly servers: () => Pick<RoomServers, 'up'>,
    private readonly onGone: (incarnation: Incarnation) => void,
    private readonly onCutOff: () => void,
  ) {}

  /** From now on this server is there, under this name. Called again when it has another one. */
  start(own: Incarnation): void {
    this.#own = own;
    this.journal.answerAs(own);
    if (this.#timer !== undefined) return;
    this.#since = this.#lookedAt = performance.now();
    this.journal.listen(incarnation => this.#heard.set(incarnation, performance.now()));
    this.#timer = setInterval(() => this.#look(), BEAT_MS).unref();
  }

  /** Whether nothing was recorded for long, because the brokers cannot be reached, or too few of them. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const hasStood = now - this.#lookedAt > 2 * BEAT_MS;
    this.#lookedAt = now;
    const { connectedSince, outOfTouchSince = now } = this.journal;
    const isCutOff = now - outOfTouchSince > CUT_OFF_MS;
    if (isCutOff && !this.#isCutOff) this.onCutOff();
    this.#isCutOff = isCutOff;
    if (connectedSince === undefined) return;
    this.journal.call(this.#own);
    if (hasStood) this.#since = now + SETTLE_MS - SILENCE_MS;
    const since = Math.max(this.#since, connectedSince + SETTLE_MS - SILENCE_MS);
    const { up } = this.servers();
    for (const { incarnation } of up) {
      if (incarnation === this.#own) continue;
      if (now - Math.max(since, this.#heard.get(incarnation) ?? 0) > SILENCE_MS) void this.#ask(incarnation);
    }
    for (const known of this.#heard.keys())
      if (!up.some(({ incarnation }) => incarnation === known)) this.#heard.delete(known);
  }

  async #ask(incarnation: Incarnation): Promise<void> {
    if (this.#asked.has(incarnation)) return;
    this.#asked.add(incarnation);
    try {
      const found = await this.journal.find(incarnation, ANSWER_MS);
      if (found === 'HERE') this.#heard.set(incarnation, performance.now());
      else if (found !== 'UNKNOWN') this.onGone(incarnation);
    } finally {
      this.#asked.delete(incarnation);
    }
  }
}
