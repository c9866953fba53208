import type { MessageSent, Recorded, RoomEvent, Seq } from '../../../domain/events.js';
import { Refusal } from '../../../domain/refusal.js';
import type { Origin, SessionId } from '../../../domain/session.js';
import type { ClusterLoad } from '../../server-status.js';
import { RoomLogFailure } from '../failures.js';
import { Meter } from '../meter.js';
import type { Appended, EventStore, LogChange, OpenedRoomLog, RoomLog } from '../room-log-ports.js';
import { knownOf } from '../roster.js';
import type { Logger } from '../service-ports.js';
import { StoredHistory } from '../stored-history.js';
import { within } from '../within.js';
import { Checkpointer } from './checkpointer.js';
import type { Item } from './entry.js';
import { EntryWatch } from './entry-watch.js';
import { type Journal, JournalFailure, type OpenedJournal } from './journal.js';
import { MessageErasure } from './message-erasure.js';
import type { CopyOptions, KeptRoom, OpenCopy } from './open-copy.js';
import { Proposals } from './proposals.js';
import type { RoomCopies } from './room-copies.js';
import type { RoomFold } from './room-fold.js';
import type { Folded } from './room-news.js';
import type { ReplicaListener } from './room-replica.js';
import { RoomStart, STATE_WANTED } from './room-start.js';
import { type Membership, ServerMembership } from './server-membership.js';
import { movedUserOf } from './session-holders.js';
import { WatchedCopy } from './watched-copy.js';

export type ReplicaOptions = Membership & CopyOptions;

/** How long a start waits until this server is one of the room, in milliseconds. */
const JOIN_MS = 10_000;

/** How long somebody waits who knows more than this server has read, in milliseconds. */
const REACH_MS = 5000;

/** How long a stop waits for what is not recorded yet, in milliseconds. */
const CLOSE_MS = 2000;

type Follower = (batch: readonly Recorded[]) => void;

/**
 * A room log that several servers share: what is appended goes into a journal, and has happened when it is read there, as the
 * fold of all entries says. Each server keeps a copy of the outcome, of which it answers what is read.
 */
export class ReplicatedRoomLog extends StoredHistory implements RoomLog {
  readonly #proposals: Proposals;
  readonly #membership: ServerMembership;
  readonly #checkpointer: Checkpointer;
  readonly #erasure: MessageErasure;
  readonly #watch = new EntryWatch();
  readonly #failing = Promise.withResolvers<RoomLogFailure>();
  #copy: WatchedCopy | undefined;
  #follower: Follower = () => {};
  #onChange: (change: LogChange) => void = () => {};
  #outage: RoomLog['objection'];
  #isOpening = true;
  #closing: Promise<void> | undefined;
  #journalId = '';

  constructor(
    private readonly journal: Journal,
    private readonly copies: RoomCopies,
    private readonly options: ReplicaOptions,
    private readonly logger?: Pick<Logger, 'info' | 'warn' | 'error'>,
    private readonly meter: Pick<Meter, 'writes' | 'failures'> = new Meter(),
  ) {
    super();
    this.#proposals = new Proposals(journal, () =>
      this.#outage === 'DISK_FULL' ? 'DISK_FULL' : 'NOT_RECORDED',
    );
    this.#erasure = new MessageErasure(journal, this.#proposals, seq => this.store.messageAt(seq));
    this.#membership = new ServerMembership(
      journal,
      this.#proposals,
      () => this.#open.replica.fold.servers,
      options,
      own => {
        this.#open.replica.own = own;
      },
      () => this.#onChange({ type: 'cut off' }),
      logger,
    );
    this.#checkpointer = new Checkpointer(
      () => this.#fold.servers.eldest === this.#membership.own,
      () => this.#keepState(),
    );
  }

  get failed(): Promise<RoomLogFailure> {
    return this.#failing.promise;
  }

  /** @throws {JournalFailure} as well */
  async open(): Promise<OpenedRoomLog> {
    this.copies.open();
    const opened = await this.#openJournal();
    this.#journalId = opened.id;
    try {
      const { journal, copies, options } = this;
      const start = new RoomStart(journal, copies, options, copy => this.#follow(copy, opened));
      await this.#membership.join(await start.execute(opened));
      await this.#watch.until(() => this.#fold.servers.isUp(this.#membership.own), this.failed, {
        afterMs: JOIN_MS,
        failure: () =>
          new JournalFailure(this.#outage === 'DISK_FULL' ? 'NO_SPACE' : 'UNREACHABLE', this.journal.place),
      });
      this.copies.note(opened.id, this.#fold.epoch);
      // Whoever comes later is not to fold by these rules what was folded by others.
      if (this.#open.hasOtherRules) await this.#keepState();
    } catch (error) {
      await this.#release();
      throw error;
    }
    this.#isOpening = false;
    this.journal.listen(text => {
      if (text === STATE_WANTED) this.#checkpointer.ask();
    });
    const { head, epoch, servers, present } = this.#fold;
    const { own } = this.#membership;
    const { clock } = this.#open.replica;
    return {
      ...{ head, epoch, lastSession: servers.sessionsOf(own) },
      present: present.map(held => (held.by === own ? knownOf(held) : clock.userHere(movedUserOf(held)))),
    };
  }

  follow(listener: Follower, onChange: (change: LogChange) => void = () => {}): void {
    this.#follower = listener;
    this.#onChange = onChange;
    this.#open.replica.resume();
  }

  append<E extends RoomEvent>(event: E, origin?: Origin, attempt?: number): Promise<Appended<E>> {
    const isJoin = event.type === 'UserJoined';
    // Space does not come by itself. Of nobody who is not in yet it is remembered what they want.
    if (isJoin && this.#outage === 'DISK_FULL') return Promise.reject(new Refusal('DISK_FULL'));
    const item: Item = isJoin ? { ...event, origin, attempt } : event;
    return this.#proposals.propose(item, answer => {
      if (typeof answer !== 'number') return answer as Appended<E>;
      const kept = this.store.messageAt(answer) ?? { ...event, seq: answer, at: this.#fold.at };
      const repetition: Appended<RoomEvent> = { ...kept, repeated: true };
      return repetition as Appended<E>;
    });
  }

  async take(session: SessionId, attempt: number, origin: Origin = {}): Promise<boolean> {
    try {
      await this.#proposals.propose({ type: 'SessionTaken', session, attempt, origin });
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'ALREADY_JOINED') return false;
      throw error;
    }
  }

  tellAbsence(session: SessionId, isAway: boolean): void {
    const waitMs = isAway ? this.options.waitMs() : undefined;
    this.#proposals.propose({ type: 'SessionAbsent', session, isAway, waitMs }).catch(() => {});
  }

  get isCutOff(): boolean {
    return this.#membership.isCutOff || (this.#copy?.replica.isStuck === true && this.#hasOthers);
  }

  reach(epoch: string, seq: Seq): Promise<void> | undefined {
    if (epoch !== this.#fold.epoch || seq <= this.#fold.head) return undefined;
    return this.#watch.until(() => this.#fold.head >= seq, this.failed, {
      afterMs: REACH_MS,
      failure: () => new Refusal('NOT_RECORDED'),
    });
  }

  erase(seq: Seq): Promise<Recorded<MessageSent> | undefined> {
    return this.#erasure.erase(seq);
  }

  now(): number {
    return this.#copy?.replica.clock.now() ?? Date.now();
  }

  knows(session: SessionId, ref: string): boolean {
    return this.#fold.knows(session, ref) || this.#proposals.knows(session, ref);
  }

  get objection(): RoomLog['objection'] {
    return this.#outage ?? (this.#membership.isCutOff ? 'NOT_RECORDED' : this.#open.watched.objection);
  }

  get cluster(): ClusterLoad {
    const { servers, position } = this.#fold;
    return {
      servers: servers.up.length,
      isConnected: this.journal.connectedSince !== undefined,
      waiting: this.#proposals.size,
      members: this.#fold.countOf(this.#membership.own),
      position,
    };
  }

  settled(): Promise<void> {
    return this.#proposals.settled();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  override async locate(epoch: string, seq: Seq): Promise<Seq | undefined> {
    return this.#fold.locate(epoch, seq);
  }

  protected get store(): EventStore {
    return this.#open.store;
  }

  get #open(): WatchedCopy {
    if (this.#copy === undefined) throw new Error('the room log is not open');
    return this.#copy;
  }

  get #fold(): RoomFold {
    return this.#open.replica.fold;
  }

  get #hasOthers(): boolean {
    return this.#fold.servers.up.length > 1;
  }

  /** The brokers take nothing, or take something again. */
  #object(code: RoomLog['objection']): void {
    if (code !== undefined && this.#outage === undefined)
      this.logger?.error({ code }, 'the brokers take nothing of what is said');
    else if (code === undefined && this.#outage !== undefined)
      this.logger?.info({}, 'the brokers take again what is said');
    this.#outage = code;
  }

  #keepState(): Promise<void> {
    const state: KeptRoom = { ...this.#fold.kept, rules: this.options.rules };
    return this.journal.keep({ position: this.#fold.position, state });
  }

  async #openJournal(): Promise<OpenedJournal> {
    try {
      return await this.journal.open();
    } catch (failure) {
      this.copies.close();
      throw failure;
    }
  }

  /** Goes on with a copy until it has all that was in the journal. */
  async #follow(copy: OpenCopy, opened: OpenedJournal): Promise<WatchedCopy> {
    const { fold } = copy;
    const watched = new WatchedCopy(copy, this.#listener, this.meter);
    this.#copy = watched;
    this.journal.follow(watched.after(opened), {
      entries: entries => {
        watched.take(entries);
        this.#checkpointer.count(entries);
        this.#watch.look();
      },
      appendAgain: () => this.#proposals.appendAgain(),
      objection: code => this.#object(code),
      lost: reason => {
        this.logger?.error(
          { err: reason },
          'the log of the room is not the one that was read: this server stops',
        );
        this.#fail(new RoomLogFailure('LOG_LOST', this.copies.pathOf(this.#journalId)));
      },
    });
    await this.#watch.until(
      () => watched.isMisled || watched.replica.isOther || fold.position >= opened.last,
      this.failed,
    );
    return watched;
  }

  readonly #listener: ReplicaListener = {
    recorded: batch => this.#follower(batch),
    changed: change => {
      // At a start the one that is noted says what the copy is of, until they are compared.
      if (change.type === 'epoch' && !this.#isOpening) this.#note(change.epoch);
      this.#onChange(change);
    },
    folded: folded => this.#onFolded(folded),
    stuck: () => {
      if (!this.#hasOthers) return;
      this.logger?.error({}, 'the copy of the room cannot be written: clients are sent to other servers');
      this.#onChange({ type: 'cut off' });
    },
    overflowed: () => this.#fail(new RoomLogFailure('DISK_FULL', this.copies.pathOf(this.#journalId))),
  };

  #onFolded(folded: Folded): void {
    const { own } = this.#membership;
    // Before it is one of the servers it has no name, as what is no entry at all.
    const isOwn = own !== '' && folded.by === own;
    // Nothing is told before there is somebody who is told.
    if (this.#isOpening && isOwn) this.#open.replica.pause();
    if (isOwn) this.#open.replica.clock.heardOwn(this.#fold.at);
    for (const news of folded.news) this.#membership.heard(news);
    this.#proposals.read(folded);
    this.#watch.look();
  }

  /** A copy of which it is not noted is made anew at the next start. */
  #note(epoch: string): void {
    try {
      this.copies.note(this.#journalId, epoch);
    } catch {
      // As when it is full: that is told by the copy itself.
    }
  }

  #fail(failure: RoomLogFailure): void {
    this.#failing.resolve(failure);
    this.#membership.close();
    this.#proposals.stop();
  }

  async #close(): Promise<void> {
    if (this.#copy === undefined) return;
    this.#membership.close();
    // After a failure, or without the broker, the others find out by themselves: nothing is gained by waiting.
    if (this.#isInTouch) {
      const ended = this.#proposals.settled().then(() => this.#membership.leave());
      await within(
        CLOSE_MS,
        ended.catch(() => {}),
      );
    }
    if (this.#isInTouch && this.#fold.servers.eldest === undefined)
      await within(CLOSE_MS, this.#checkpointer.finish());
    await this.#release();
  }

  get #isInTouch(): boolean {
    return this.journal.outOfTouchSince === undefined;
  }

  async #release(): Promise<void> {
    this.#membership.close();
    this.#checkpointer.stop();
    this.#proposals.close();
    this.#copy?.replica.close();
    await this.journal.close();
    await this.#copy?.store.close();
    this.copies.close();
  }
}
