import type { MessageSent, Recorded, RoomEvent, Seq, UserJoined, UserLeft } from '../../../domain/events.js';
import { Refusal } from '../../../domain/refusal.js';
import type { Origin, SessionId } from '../../../domain/session.js';
import { EventClock } from '../event-clock.js';
import type { KnownSession } from '../ports.js';
import { type KeptRefs, RecentRefs } from '../recent-refs.js';
import { Roster } from '../roster.js';
import { decodeEntry, type Incarnation, type Item } from './entry.js';
import type { JournalEntry, Position } from './journal.js';
import { type KeptServers, RoomServers } from './room-servers.js';

/** What an entry has changed, in the order in which it did. */
export type News =
  /** As it is kept; `told` where it is told otherwise: by other servers than its own, or of somebody who was put out. */
  | { readonly type: 'recorded'; readonly event: Recorded; readonly told?: Recorded }
  | { readonly type: 'erased'; readonly seq: Seq }
  | {
      readonly type: 'moved';
      readonly session: SessionId;
      readonly from: Incarnation;
      /** Nothing while there is no server at all. */
      readonly to: Incarnation | undefined;
      /** Whether its client went to another server by itself, or its server is down. */
      readonly because: 'TAKEN' | 'DOWN';
    }
  | {
      readonly type: 'absence';
      readonly session: SessionId;
      readonly by: Incarnation;
      readonly isAway: boolean;
    }
  | { readonly type: 'up'; readonly incarnation: Incarnation; readonly name: string }
  | { readonly type: 'down'; readonly incarnation: Incarnation; readonly name: string }
  | { readonly type: 'epoch'; readonly epoch: string };

/** What has become of an item: the event, the `seq` of the message that it repeats, or why it is refused. */
export type Answer = Recorded | Seq | Refusal | 'DONE';

export interface Folded {
  readonly by: Incarnation;
  readonly n: number;
  /** For each item; nothing when the entry is void. */
  readonly answers: readonly Answer[] | undefined;
  readonly news: readonly News[];
}

type JoinItem = Extract<Item, { type: 'UserJoined' }>;

/** Which server speaks for a session, and for which connection. */
interface Holder {
  by: Incarnation;
  attempt: number;
  origin: Origin;
  /** Whether that connection is gone. */
  isAway: boolean;
}

/** A state of the fold, as JSON can hold it. */
export interface KeptFold {
  readonly head: Seq;
  readonly at: number;
  readonly epochs: readonly (readonly [epoch: string, first: Seq])[];
  readonly servers: KeptServers;
  readonly sessions: readonly (KnownSession & Holder)[];
  readonly refs: KeptRefs;
}

const NOT_RECORDED = new Refusal('NOT_RECORDED');

/**
 * What the entries of a journal mean, one after the other: who is in the room, under which name, by which server, and which
 * message is a repetition. A pure function of the entries, so that all servers that have read the same agree: no clock, no
 * chance, no setting of one server may have a say in it.
 */
export class RoomFold {
  readonly #roster = new Roster();
  readonly #refs = new RecentRefs();
  readonly #clock = new EventClock();
  readonly #holders = new Map<SessionId, Holder>();
  readonly #epochs: [epoch: string, first: Seq][];
  readonly servers = new RoomServers();
  #head: Seq = 0;
  #position: Position;
  #news: News[] = [];

  /** @param epoch of a journal without any loss */
  constructor(epoch: string, position: Position = 0, kept?: KeptFold) {
    this.#position = position;
    this.#epochs = [[epoch, 1]];
    if (kept !== undefined) this.#restore(kept);
  }

  get head(): Seq {
    return this.#head;
  }

  /** Of the last event, in milliseconds since 1970. */
  get at(): number {
    return this.#clock.last;
  }

  get position(): Position {
    return this.#position;
  }

  get epoch(): string {
    return this.#epochs.at(-1)?.[0] ?? '';
  }

  /** The place now of what was at `seq` in an epoch; nothing when the epoch is of another journal. */
  locate(epoch: string, seq: Seq): Seq | undefined {
    const at = this.#epochs.findIndex(([known]) => known === epoch);
    if (at === -1) return undefined;
    const later = this.#epochs.slice(at + 1).map(([, first]) => first - 1);
    return Math.min(seq, this.#head, ...later);
  }

  knows(session: SessionId, ref: string): boolean {
    return this.#refs.has(session, ref);
  }

  /** For how many sessions a server speaks. */
  countOf(server: Incarnation): number {
    let count = 0;
    for (const { by } of this.#holders.values()) if (by === server) count++;
    return count;
  }

  /** Who is in the room, and which server speaks for them. */
  get present(): readonly (KnownSession & Readonly<Holder>)[] {
    return Array.from(this.#roster, known => ({ ...known, ...this.#holder(known.session) }));
  }

  get kept(): KeptFold {
    return {
      head: this.#head,
      at: this.at,
      epochs: this.#epochs.map(([epoch, first]) => [epoch, first]),
      servers: this.servers.all,
      sessions: this.present,
      refs: this.#refs.all,
    };
  }

  apply({ position, at, text }: JournalEntry): Folded {
    this.#position = position;
    const { by, n, items } = decodeEntry(text) ?? { by: '', n: -1, items: [] };
    this.#news = [];
    const isInTurn = this.servers.isInTurn(by, n) || (n === 0 && this.#begins(by, items[0]));
    if (!isInTurn) return { by, n, answers: undefined, news: [] };
    this.servers.count(by);
    const time = this.#clock.now(at);
    const answers = items.map(item => this.#take(item, by, time));
    this.#roster.keep();
    this.#refs.keep();
    return { by, n, answers, news: this.#news };
  }

  /** Whether it is the first entry of a server. */
  #begins(by: Incarnation, item: Item | undefined): boolean {
    if (item?.type !== 'ServerUp' || !this.servers.add(by, item)) return false;
    this.#news.push({ type: 'up', incarnation: by, name: item.name });
    this.#adopt();
    return true;
  }

  #take(item: Item, by: Incarnation, at: number): Answer {
    if (!this.servers.isUp(by)) return NOT_RECORDED; // an entry in which it says so itself
    switch (item.type) {
      case 'UserJoined':
        return this.#join(item, by, at);
      case 'MessageSent':
        return this.#say(item, by, at);
      case 'UserLeft':
        return this.#leave(item, by, at);
      case 'SessionTaken':
        return this.#move(item.session, item.attempt, by);
      case 'SessionAbsent':
        this.#miss(item.session, item.isAway, by);
        return 'DONE';
      case 'MessageErased':
        this.#news.push({ type: 'erased', seq: item.seq });
        return 'DONE';
      case 'ServerDown':
        this.#end(item.incarnation);
        return 'DONE';
      case 'EpochBegun':
        if (item.lost === this.epoch) this.#begin(item.epoch, item.upTo);
        return 'DONE';
      default:
        return 'DONE';
    }
  }

  #join({ origin = {}, ...event }: JoinItem, by: Incarnation, at: number): Answer {
    const objection = this.#roster.join(event);
    if (objection !== undefined) return objection;
    this.#refs.join(event.session);
    this.#holders.set(event.session, { by, attempt: 0, origin, isAway: false });
    return this.#record(event, at, { elsewhere: origin });
  }

  #say(event: MessageSent, by: Incarnation, at: number): Answer {
    const holder = this.#holders.get(event.session);
    if (holder !== undefined && holder.by !== by) return NOT_RECORDED;
    const earlier =
      event.ref === undefined ? undefined : this.#refs.add(event.session, event.ref, this.#head + 1);
    return earlier ?? this.#record(event, at);
  }

  /** Who has left cannot leave again; and only the server of a session says that it left by itself. */
  #leave({ ended, ...event }: UserLeft, by: Incarnation, at: number): Answer {
    const holder = this.#holders.get(event.session);
    if (holder === undefined || (holder.by !== by && ended === undefined))
      return { ...event, seq: this.#head, at };
    this.#roster.leave(event.session);
    this.#refs.leave(event.session);
    this.#holders.delete(event.session);
    return this.#record(event, at, ended && { ended });
  }

  #record(
    event: RoomEvent,
    at: number,
    more?: Pick<UserJoined, 'elsewhere'> | Pick<UserLeft, 'ended'>,
  ): Recorded {
    const recorded = { ...event, seq: ++this.#head, at };
    const told = more && ({ ...recorded, ...more } as Recorded);
    this.#news.push({ type: 'recorded', event: recorded, ...(told !== undefined && { told }) });
    return recorded;
  }

  #move(session: SessionId, attempt: number, to: Incarnation): Answer {
    const holder = this.#holders.get(session);
    if (holder === undefined) return new Refusal('NOT_JOINED');
    // An older connection of the same client, which was on its way for long.
    if (attempt < holder.attempt) return new Refusal('ALREADY_JOINED');
    const from = holder.by;
    holder.by = to;
    holder.attempt = attempt;
    holder.isAway = false;
    if (from !== to) this.#news.push({ type: 'moved', session, from, to, because: 'TAKEN' });
    return 'DONE';
  }

  #miss(session: SessionId, isAway: boolean, by: Incarnation): void {
    const holder = this.#holders.get(session);
    if (holder?.by !== by || holder.isAway === isAway) return;
    holder.isAway = isAway;
    this.#news.push({ type: 'absence', session, by, isAway });
  }

  #end(incarnation: Incarnation): void {
    const name = this.servers.end(incarnation);
    if (name === undefined) return;
    this.#news.push({ type: 'down', incarnation, name });
    this.#adopt();
  }

  /** The server that has been there longest speaks for the sessions of those that are down. */
  #adopt(): void {
    const to = this.servers.eldest;
    for (const [session, holder] of this.#holders) {
      const { by: from } = holder;
      if (this.servers.isUp(from)) continue;
      if (to !== undefined) holder.by = to;
      holder.isAway = true;
      this.#news.push({ type: 'moved', session, from, to, because: 'DOWN' });
    }
  }

  #begin(epoch: string, upTo: Seq): void {
    this.#epochs.push([epoch, Math.min(upTo, this.#head) + 1]);
    this.#news.push({ type: 'epoch', epoch });
  }

  #holder(session: SessionId): Holder {
    return this.#holders.get(session) ?? { by: '', attempt: 0, origin: {}, isAway: false };
  }

  #restore({ head, at, epochs, servers, sessions, refs }: KeptFold): void {
    this.#head = head;
    this.#clock.restore(at);
    this.#epochs.splice(0, 1, ...epochs.map(([epoch, first]): [string, Seq] => [epoch, first]));
    this.servers.restore(servers);
    for (const { by, attempt, origin, isAway, ...known } of sessions) {
      this.#roster.restore(known);
      this.#holders.set(known.session, { by, attempt, origin, isAway });
    }
    this.#refs.restore(refs);
  }
}
