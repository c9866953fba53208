import type { Incarnation, Item } from '../../src/application/server/cluster/entry.js';
import type { JournalEntry } from '../../src/application/server/cluster/journal.js';
import type { KeptFold, RoomFold } from '../../src/application/server/cluster/room-fold.js';
import type { Answer, Folded, News } from '../../src/application/server/cluster/room-news.js';
import { Refusal } from '../../src/domain/refusal.js';

/** Writes entries as the servers of a room do, each with the number that follows. */
export class Entries {
  readonly all: JournalEntry[] = [];
  readonly #next = new Map<Incarnation, number>();

  /** An entry of anything, at a time. */
  add(by: Incarnation, items: readonly unknown[], at = 1000 + this.all.length): JournalEntry {
    const n = this.#next.get(by) ?? 0;
    this.#next.set(by, n + 1);
    return this.raw(JSON.stringify({ by, n, items }), at);
  }

  raw(text: string, at = 1000 + this.all.length): JournalEntry {
    const entry = { position: this.all.length + 1, at, text };
    this.all.push(entry);
    return entry;
  }
}

/** A fold, and the servers that ask something of it. */
export class FoldUnderTest {
  readonly entries = new Entries();

  constructor(readonly fold: RoomFold) {}

  up(...servers: Incarnation[]): void {
    for (const by of servers) this.ask(by, { type: 'ServerUp', rules: 'of tests', name: `server ${by}` });
  }

  /** All of it as one entry. */
  ask(by: Incarnation, ...items: (Item | unknown)[]): Folded {
    return this.fold.apply(this.entries.add(by, items));
  }

  /** What has become of each: the code of a refusal, a type, or the number of what is repeated. */
  outcomes(by: Incarnation, ...items: (Item | unknown)[]): unknown[] {
    return (this.ask(by, ...items).answers ?? []).map(outcomeOf);
  }

  news(by: Incarnation, ...items: (Item | unknown)[]): readonly News[] {
    return this.ask(by, ...items).news;
  }

  /** As a checkpoint holds it. */
  get kept(): KeptFold {
    return JSON.parse(JSON.stringify(this.fold.kept));
  }
}

function outcomeOf(answer: Answer): unknown {
  if (answer instanceof Refusal) return answer.code;
  return typeof answer === 'object' ? answer.seq : answer;
}
