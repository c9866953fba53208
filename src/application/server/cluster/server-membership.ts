import { RoomLogFailure } from '../failures.js';
import type { Logger } from '../service-ports.js';
import type { Incarnation, Item } from './entry.js';
import type { Journal } from './journal.js';
import type { Proposals } from './proposals.js';
import type { News } from './room-news.js';
import type { RoomServers } from './room-servers.js';
import { ServerWatch } from './server-watch.js';

/** How long a server of other rules has to say that it is there, in milliseconds. */
const ANSWER_MS = 1000;

export interface Membership {
  /** What the fold goes by: servers of which it is not the same would come to other results. */
  readonly rules: string;
  /** What operators call this server. */
  readonly name: string;
  /** A name that no incarnation of any server has had. */
  newIncarnation(): Incarnation;
  /** How long it waits for clients that are away, at present, in milliseconds. */
  waitMs(): number;
}

/** This server among those of the room: it comes, goes, is taken for dead and comes again, and sees others do so. */
export class ServerMembership {
  readonly #watch: ServerWatch;
  readonly #gone = new Set<Incarnation>();
  #own: Incarnation = '';
  #isLeaving = false;

  /**
   * @param onOwn told of each incarnation, before anything of it can be read
   * @param onCutOff told when this server is cut off, once each time
   */
  constructor(
    private readonly journal: Journal,
    private readonly proposals: Proposals,
    private readonly servers: () => RoomServers,
    private readonly about: Membership,
    private readonly onOwn: (own: Incarnation) => void,
    onCutOff: () => void,
    private readonly logger?: Pick<Logger, 'info' | 'warn' | 'error'>,
  ) {
    this.#watch = new ServerWatch(
      journal,
      servers,
      incarnation => this.#remove(incarnation),
      () => {
        const { trouble: err } = journal;
        this.logger?.error(
          { ...(err !== undefined && { err }) },
          'the brokers cannot be reached: clients are sent to other servers',
        );
        onCutOff();
      },
    );
  }

  /** Whether this server is out of touch with the others, for long already. */
  get isCutOff(): boolean {
    return this.#watch.isCutOff;
  }

  get own(): Incarnation {
    return this.#own;
  }

  /**
   * Asks to be one of the servers, and for what has to be so from then on. Called when all entries are read.
   * @throws {RoomLogFailure} OTHER_RULES
   */
  async join(first: readonly Item[]): Promise<void> {
    const others = this.servers().up.filter(({ rules }) => rules !== this.about.rules);
    const gone: Item[] = [];
    for (const { incarnation, name } of others) {
      const found = await this.journal.find(incarnation, ANSWER_MS);
      if (found === 'HERE') throw new RoomLogFailure('OTHER_RULES', name);
      gone.push({ type: 'ServerDown', incarnation });
    }
    this.#begin([...gone, ...first]);
  }

  /** Something was read. */
  heard(news: News): void {
    // What is read before this server is one of them is of earlier days.
    if (this.#own === '') return;
    if (news.type === 'up' && news.incarnation !== this.#own) {
      const other = this.servers().up.find(({ incarnation }) => incarnation === news.incarnation);
      this.logger?.info({ server: news.name }, 'another server has come');
      if (other !== undefined && other.rules !== this.about.rules)
        this.logger?.warn({ server: news.name }, 'another server goes by other rules');
    }
    if (news.type !== 'down') return;
    this.#gone.delete(news.incarnation);
    if (news.incarnation !== this.#own) this.logger?.info({ server: news.name }, 'another server has gone');
    else if (!this.#isLeaving) {
      this.logger?.warn({}, 'the other servers have taken this one for dead: its clients connect again');
      this.#begin([]);
    }
  }

  /** Resolves when the others know that this server is gone, and speak for its sessions. @throws {Refusal} NOT_RECORDED */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#watch.stop();
    await this.proposals.propose({ type: 'ServerDown', incarnation: this.#own });
  }

  close(): void {
    this.#isLeaving = true;
    this.#watch.stop();
  }

  #begin(first: readonly Item[]): void {
    const { rules, name } = this.about;
    this.#own = this.about.newIncarnation();
    this.onOwn(this.#own);
    this.proposals.begin(this.#own, [
      { type: 'ServerUp', rules, name, waitMs: this.about.waitMs() },
      ...first,
    ]);
    this.#watch.start(this.#own);
  }

  #remove(incarnation: Incarnation): void {
    if (this.#gone.has(incarnation)) return;
    this.#gone.add(incarnation);
    this.proposals
      .propose({ type: 'ServerDown', incarnation })
      .catch(() => {})
      .finally(() => this.#gone.delete(incarnation));
  }
}
