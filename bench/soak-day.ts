import { sayingOf } from './fill-history.js';
import { type Findings, SoakMember } from './soak-member.js';

/** How many are in the room; of those, so many hear every word, and never leave. */
export interface Crowd {
  readonly members: number;
  readonly listeners: number;
}

/** Messages a second, at night and at the two busy hours of the day. */
const MESSAGES = { night: 2, day: 40 };
const BURST = 100;
/** A message of every five is a long one, of so many words. */
const LONG_WORDS = 300;
const STALL_MS = { least: 5000, most: 45_000 };
const TICK_MS = 50;

/** What happens, a second, at the busiest; at night, a tenth of it. */
const RATES = {
  comings: 2,
  lostLines: 2,
  searches: 2,
  histories: 2,
  whos: 0.5,
  stalls: 0.3,
  bursts: 0.1,
};

/** A day of a room, played in some minutes: two busy times, and two quiet ones. */
export class SoakDay {
  readonly findings: Findings = {
    saidAt: new Map(),
    recorded: new Map(),
    latencies: [],
    twice: 0,
    disordered: 0,
    gaps: 0,
    resumed: 0,
    anew: 0,
    answers: 0,
    codes: new Map(),
  };
  readonly members: SoakMember[] = [];
  readonly counts: Record<string, number> = {};
  said = 0;
  #names = 0;
  readonly #due: Record<string, number> = {};

  constructor(
    private readonly port: number,
    private readonly crowd: Crowd,
    private readonly seconds: number,
  ) {}

  async fill(): Promise<void> {
    while (this.members.length < this.crowd.members) {
      for (let n = 0; n < 10 && this.members.length < this.crowd.members; n++) this.#comes();
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    await new Promise(resolve => setTimeout(resolve, 2000));
  }

  /** @param isOver asked all the time */
  async play(isOver: () => boolean = () => false): Promise<void> {
    const began = performance.now();
    for (let last = began; ; ) {
      await new Promise(resolve => setTimeout(resolve, TICK_MS));
      const now = performance.now();
      const hour = (now - began) / 1000 / this.seconds;
      if (hour >= 1 || isOver()) return;
      this.#live((now - last) / 1000, (1 - Math.cos(hour * 4 * Math.PI)) / 2);
      last = now;
    }
  }

  /** Messages that were recorded, and that some listener has neither heard nor was told to have missed. */
  get lost(): number {
    return this.#unheard(false);
  }

  /** What listeners had to be told to have missed, since it was removed before they came back. */
  get missing(): number {
    return this.#unheard(true);
  }

  #unheard(isTold: boolean): number {
    let unheard = 0;
    for (const { since = 0, heard, listens, missing } of this.members) {
      if (!listens) continue;
      for (const [number, seq] of this.findings.recorded) {
        if (seq <= since || heard.has(number)) continue;
        if (missing.some(({ from, to }) => from <= seq && seq <= to) === isTold) unheard++;
      }
    }
    return unheard;
  }

  /** @param busy between 0 and 1 */
  #live(seconds: number, busy: number): void {
    const rate = MESSAGES.night + busy * (MESSAGES.day - MESSAGES.night);
    this.#times('messages', seconds * rate, () => this.#anybody().say(++this.said, this.#words()));
    const often = (0.1 + 0.9 * busy) * seconds;
    this.#times('bursts', often * RATES.bursts, () => {
      const speaker = this.#anybody();
      for (let n = 0; n < BURST; n++) speaker.say(++this.said, this.#words());
    });
    this.#times('comings', often * RATES.comings, () => {
      const at = this.members.indexOf(this.#anybody());
      this.members.splice(at, 1)[0]?.leave();
      this.#comes();
    });
    this.#times('lost lines', often * RATES.lostLines, () => this.#anybody(true).loseLine());
    const word = () => ({
      ref: 'q',
      words: sayingOf(Math.floor(Math.random() * 1e6), 1).split(' ')[2],
      limit: 50,
    });
    this.#times('searches', often * RATES.searches, () => this.#anybody().ask({ Search: word() }));
    const limit = { ref: 'q', limit: 50 };
    this.#times('histories', often * RATES.histories, () => this.#anybody().ask({ History: limit }));
    this.#times('whos', often * RATES.whos, () => this.#anybody().ask({ Who: { ref: 'q' } }));
    const forMs = STALL_MS.least + Math.random() * (STALL_MS.most - STALL_MS.least);
    this.#times('stalls', often * RATES.stalls, () => this.#anybody().stall(forMs));
  }

  #times(name: string, many: number, work: () => void): void {
    let due = (this.#due[name] ?? 0) + many;
    for (; due >= 1; due--) {
      work();
      this.counts[name] = (this.counts[name] ?? 0) + 1;
    }
    this.#due[name] = due;
  }

  #comes(): void {
    const n = this.#names++;
    const member = new SoakMember(this.port, `m${n}`, this.findings, n < this.crowd.listeners);
    this.members.push(member);
    member.come();
  }

  /** Those who listen say nothing, and neither leave nor stall: but their lines are lost as well. */
  #anybody(orListener = false): SoakMember {
    const first = orListener ? 0 : this.crowd.listeners;
    const at = first + Math.floor(Math.random() * (this.members.length - first));
    return this.members[at] as SoakMember;
  }

  #words(): string {
    return sayingOf(this.said, this.said % 5 === 0 ? LONG_WORDS : 8);
  }
}
