import type { MessageSent, Recorded, RoomEvent, Seq, UserJoined, UserLeft } from '../../../domain/events.js';
import { Refusal } from '../../../domain/refusal.js';
import type { SessionId } from '../../../domain/session.js';
import { EventClock } from '../event-clock.js';
import { type KeptRefs, RecentRefs } from '../recent-refs.js';
import { knownOf, Roster } from '../roster.js';
import {
  type ClientConnection,
  decodeEntry,
  type Incarnation,
  isItem,
  type JoinItem,
  type LeaveItem,
} from './entry.js';
import type { JournalEntry, Position } from './journal.js';
import { type KeptEpochs, RoomEpochs } from './room-epochs.js';
import type { Answer, Folded, News } from './room-news.js';
import { type KeptServers, RoomServers } from './room-servers.js';
import { type HeldSession, movedUserOf, SessionHolders } from './session-holders.js';

/** A state of the fold, as JSON can hold it. */
export interface KeptFold {
  readonly head: Seq;
  readonly at: number;
  readonly epochs: KeptEpochs;
  readonly servers: KeptServers;
  readonly sessions: readonly HeldSession[];
  readonly refs: KeptRefs;
  readonly last: EntryName;
}

/** Which entry it is, whatever was taken out of it since. */
type EntryName = Pick<Folded, 'by' | 'n'>;

const NO_ENTRY: EntryName = { by: '', n: -1 };

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
  readonly #holders = new SessionHolders();
  readonly #epochs: RoomEpochs;
  readonly servers = new RoomServers();
  #head: Seq = 0;
  #position: Position;
  #last: EntryName = NO_ENTRY;
  #news: News[] = [];

  /** @param epoch of a journal without any loss */
  constructor(epoch: string, position: Position = 0, kept?: KeptFold) {
    this.#position = position;
    this.#epochs = new RoomEpochs(epoch);
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
    return this.#epochs.last;
  }

  /** The place now of what was at `seq` in an epoch; nothing when the epoch is of another journal. */
  locate(epoch: string, seq: Seq): Seq | undefined {
    return this.#epochs.locate(epoch, seq, this.#head);
  }

  knows(session: SessionId, ref: string): boolean {
    return this.#refs.has(session, ref);
  }

  /** For how many sessions a server speaks. */
  countOf(server: Incarnation): number {
    return this.#holders.countOf(server);
  }

  /** Who is in the room, and which server speaks for them. */
  get present(): readonly HeldSession[] {
    return this.#holders.all;
  }

  get kept(): KeptFold {
    return {
      head: this.#head,
      at: this.at,
      epochs: this.#epochs.all,
      servers: this.servers.all,
      sessions: this.present,
      refs: this.#refs.all,
      last: this.#last,
    };
  }

  /** Whether this is the last entry of which it is the outcome: not when the journal was rolled back since. */
  endsWith({ text }: JournalEntry): boolean {
    const { by, n } = decodeEntry(text) ?? NO_ENTRY;
    return by === this.#last.by && n === this.#last.n;
  }

  apply({ position, at, text }: JournalEntry): Folded {
    this.#position = position;
    const { by, n, items } = decodeEntry(text) ?? { ...NO_ENTRY, items: [] };
    this.#last = { by, n };
    this.#news = [];
    const isInTurn = this.servers.isInTurn(by, n) || (n === 0 && this.#begins(by, items[0], at));
    if (!isInTurn) return { by, n, answers: undefined, news: [] };
    this.servers.count(by);
    const time = this.#clock.now(at);
    const answers = items.map(item => this.#take(item, by, time));
    this.#roster.keep();
    this.#refs.keep();
    return { by, n, answers, news: this.#news };
  }

  /** Whether it is the first entry of a server. */
  #begins(by: Incarnation, item: unknown, at: number): boolean {
    if (!isItem(item) || item.type !== 'ServerUp' || !this.servers.add(by, item)) return false;
    this.#clock.now(at);
    this.#news.push({ type: 'up', incarnation: by, name: item.name });
    this.#adopt();
    return true;
  }

  #take(item: unknown, by: Incarnation, at: number): Answer {
    // Nothing comes after an item with which a server goes.
    if (!isItem(item) || !this.servers.isUp(by)) return NOT_RECORDED;
    switch (item.type) {
      case 'UserJoined':
        return this.#join(item, by, at);
      case 'MessageSent':
        return this.#say(item, by, at);
      case 'UserLeft':
        return this.#leave(item, by, at);
      case 'SessionTaken':
        return this.#move(item.session, item, by);
      case 'SessionAbsent':
        if (item.waitMs !== undefined) this.servers.wait(by, item.waitMs);
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
      case 'ServerUp':
        return 'DONE';
    }
  }

  #join({ attempt = 0, origin = {}, ...event }: JoinItem, by: Incarnation, at: number): Answer {
    const objection = this.#roster.join(event);
    if (objection !== undefined) return objection;
    this.#refs.join(event.session);
    this.#holders.set(knownOf(event), by, { attempt, origin });
    return this.#record(event, at, { elsewhere: origin });
  }

  /** Only the server of a session speaks for it, and nobody for one that has left. */
  #say(event: MessageSent, by: Incarnation, at: number): Answer {
    const { session, ref } = event;
    const speaker = this.#holders.get(session)?.by ?? (RoomServers.hasGiven(session) ? undefined : by);
    if (speaker !== by) return NOT_RECORDED;
    const earlier = ref === undefined ? undefined : this.#refs.add(session, ref, this.#head + 1);
    return earlier ?? this.#record(event, at);
  }

  /** Who has left cannot leave again; and only the server of a session says that it left by itself. */
  #leave({ ended, was, ...event }: LeaveItem, by: Incarnation, at: number): Answer {
    const holder = this.#holders.get(event.session);
    const isAsked = was === undefined ? holder?.by === by : holder?.client === was;
    if (holder === undefined || !(isAsked || ended !== undefined)) return { ...event, seq: this.#head, at };
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

  #move(session: SessionId, client: ClientConnection, to: Incarnation): Answer {
    const holder = this.#holders.get(session);
    if (holder === undefined) return new Refusal('NOT_JOINED');
    // An older connection of the same client, which was on its way for long.
    if (client.attempt < holder.attempt) return new Refusal('ALREADY_JOINED');
    const { by: from, ...known } = holder;
    this.#holders.set(known, to, client);
    const { attempt, origin } = client;
    const user = { ...movedUserOf(holder), elsewhere: { ...origin, attempt } };
    if (from !== to) this.#news.push({ type: 'moved', user, from, to, because: 'TAKEN' });
    else if (holder.isAway) this.#news.push({ type: 'absence', session, by: to, isAway: false });
    return 'DONE';
  }

  #miss(session: SessionId, isAway: boolean, by: Incarnation): void {
    const waiting = isAway ? this.servers.waitingOf(by, this.at) : undefined;
    if (!this.#holders.miss(session, isAway, by, waiting)) return;
    this.#news.push({ type: 'absence', session, by, isAway, ...(waiting && { waiting }) });
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
    const isUp = this.servers.isUp.bind(this.servers);
    for (const held of this.#holders.adopt(isUp, to, this.servers.waitingOf(to, this.at)))
      this.#news.push({ type: 'moved', user: movedUserOf(held), from: held.by, to, because: 'DOWN' });
  }

  #begin(epoch: string, upTo: Seq): void {
    this.#epochs.begin(epoch, Math.min(upTo, this.#head) + 1);
    this.#news.push({ type: 'epoch', epoch });
  }

  #restore({ head, at, epochs, servers, sessions, refs, last }: KeptFold): void {
    this.#last = last;
    this.#head = head;
    this.#clock.restore(at);
    this.#epochs.restore(epochs);
    this.servers.restore(servers);
    for (const held of sessions) {
      this.#roster.restore(held);
      this.#holders.restore(held);
    }
    this.#refs.restore(refs);
  }
}
