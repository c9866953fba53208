import { expect } from 'chai';
import sinon from 'sinon';
import { JournalFailure } from '../../src/application/server/cluster/journal.js';
import { ReplicatedRoomLog } from '../../src/application/server/cluster/replicated-room-log.js';
import type { RoomEvent } from '../../src/domain/events.js';
import { Refusal } from '../../src/domain/refusal.js';
import { MemoryBroker, MemoryJournal } from '../doubles/memory-journal.js';
import { MemoryRoomCopies } from '../doubles/memory-room-copies.js';
import { joined, left, PLENTY, REPLICA, sent } from './room-logs.js';

const NAMES = ['carl', 'Carl', 'david', 'lucio', 'marta'];
const SERVERS = 3;

/** What is done next; numbers choose a server, a session, a name or a message by their remainders. */
export type Asking = {
  readonly do: 'join' | 'say' | 'leave' | 'take' | 'repeat';
  readonly at: number;
  readonly of: number;
};
type Trouble = { readonly do: 'freeze' | 'thaw' | 'kill' | 'start'; readonly at: number };
export type Step =
  | Asking
  | Trouble
  | { readonly do: 'stop' | 'restart' }
  | { readonly do: 'wait'; readonly ms: number };

/** Time that passes as fast as it can, so that servers can be silent for seconds. */
export class Time {
  readonly #clock = sinon.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'],
  });

  async pass(ms: number): Promise<void> {
    await this.#turn();
    for (let left = ms; left > 0; left -= 50) {
      this.#clock.tick(Math.min(left, 50));
      await this.#turn();
    }
  }

  /** As much as the work takes. */
  async during<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    while (!isDone) await this.pass(50);
    return work;
  }

  restore(): void {
    this.#clock.restore();
  }

  async #turn(): Promise<void> {
    for (let n = 0; n < 3; n++) await new Promise(resolve => setImmediate(resolve));
  }
}

interface Attempted {
  readonly event: RoomEvent;
  readonly by: string;
  outcome: 'open' | 'recorded' | 'repeated' | 'refused' | 'NOT_RECORDED';
  seq: number;
}

/** One server: its log, what it was told, and what it was asked. */
class Server {
  readonly journal: MemoryJournal;
  readonly log: ReplicatedRoomLog;
  readonly told: string[] = [];
  readonly mine = new Set<number>();
  lastSession = 0;
  isGone = false;

  constructor(
    readonly name: string,
    readonly room: RandomRoom,
  ) {
    this.journal = new MemoryJournal(room.broker);
    this.log = new ReplicatedRoomLog(this.journal, new MemoryRoomCopies(PLENTY), {
      ...REPLICA,
      name,
      newIncarnation: () => `${name}-${++room.incarnations}`,
    });
  }

  async open(): Promise<void> {
    const opened = await this.log.open();
    this.lastSession = opened.lastSession;
    this.told.push(...Array<string>(opened.head).fill(''));
    this.log.follow(
      batch => {
        for (const event of batch) {
          this.told[event.seq - 1] = JSON.stringify([
            event.seq,
            event.type,
            event.session,
            event.username,
            event.at,
          ]);
          expect(this.told, 'no holes, nothing twice').to.have.length(event.seq);
        }
      },
      change => {
        if (change.type === 'numbered') this.lastSession = change.lastSession;
        if (change.type !== 'moved') return;
        const { session, username, resumeKey } = change.user;
        if (change.to !== 'here') this.mine.delete(session);
        else if (change.because === 'DOWN' && resumeKey === undefined) this.ask(left(session, username));
        else this.mine.add(session);
      },
    );
  }

  ask(event: RoomEvent): void {
    const asked: Attempted = { event, by: this.name, outcome: 'open', seq: 0 };
    this.room.asked.push(asked);
    this.log.append(event).then(
      ({ seq, repeated }) => {
        asked.outcome = repeated === true ? 'repeated' : 'recorded';
        asked.seq = seq;
      },
      error => {
        asked.outcome =
          error instanceof Refusal && error.code === 'NOT_RECORDED' ? 'NOT_RECORDED' : 'refused';
      },
    );
  }
}

/** Servers that are asked things at random, in all kinds of trouble. */
export class RandomRoom {
  readonly broker = new MemoryBroker();
  readonly asked: Attempted[] = [];
  readonly servers: Server[] = [];
  incarnations = 0;
  #messages = 0;

  constructor(readonly time: Time) {}

  async start(): Promise<void> {
    const server = new Server(`s${this.servers.length}`, this);
    try {
      await this.time.during(server.open());
      this.servers.push(server);
    } catch (error) {
      if (!(error instanceof JournalFailure)) throw error; // nothing of it got through for long
    }
  }

  get alive(): Server[] {
    return this.servers.filter(({ isGone }) => !isGone);
  }

  async do(next: Step): Promise<void> {
    if (next.do === 'stop') this.broker.stop();
    else if (next.do === 'restart') this.broker.start();
    else if (next.do === 'wait') await this.time.pass(next.ms);
    else if (next.do === 'start') {
      if (this.alive.length < SERVERS && !this.broker.isDown && !this.isAnyFrozen) await this.start();
    } else if ('at' in next) this.#doAt(next);
  }

  get isAnyFrozen(): boolean {
    return this.alive.some(({ journal }) => journal.isFrozen);
  }

  #doAt(next: Asking | Trouble): void {
    const server = this.alive[next.at % this.alive.length];
    if (server === undefined) return;
    if (next.do === 'freeze') server.journal.isFrozen = true;
    else if (next.do === 'thaw') server.journal.thaw();
    else if (next.do === 'kill' && this.alive.length > 1) {
      server.journal.cut();
      server.isGone = true;
    } else if ('of' in next) this.#ask(server, next);
  }

  #ask(server: Server, { do: what, of }: Asking): void {
    const name = NAMES[of % NAMES.length] ?? 'carl';
    const known = [...server.mine];
    const session = known[of % known.length];
    if (what === 'join') {
      const id = ++server.lastSession;
      server.mine.add(id);
      server.ask({ ...joined(id, name, of % 2 === 0 ? `key ${id}` : undefined) });
    } else if (what === 'take') {
      const others = this.alive.flatMap(({ mine }) => [...mine]);
      const other = others[of % others.length];
      if (other !== undefined) server.log.take(other, of).catch(() => {});
    } else if (what === 'repeat') {
      const said = this.asked.filter(({ event }) => event.type === 'MessageSent');
      const earlier = said[of % said.length];
      if (earlier !== undefined) server.ask(earlier.event);
    } else if (session !== undefined && what === 'say')
      server.ask(sent(session, name, `m${++this.#messages}`, `r${this.#messages}`));
    else if (session !== undefined) server.ask(left(session, name));
  }

  /** All is well again, and everything is decided, but what was asked of those that were killed. */
  async calm(): Promise<void> {
    this.broker.deliveries = () => 1;
    this.broker.start();
    for (const { journal } of this.alive) journal.thaw();
    await this.time.pass(6000);
    for (let last = -1; last !== this.broker.last; ) {
      last = this.broker.last;
      for (const { log } of this.alive) await this.time.during(log.settled());
      await this.time.pass(1000);
    }
  }

  async close(): Promise<void> {
    for (const { log, journal } of this.servers) {
      journal.thaw();
      await this.time.during(log.close());
    }
  }
}
