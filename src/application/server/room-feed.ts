import type { ChatRoom } from '../../domain/chat-room.js';
import type { MessageSent, Recorded, Seq, UserJoined, UserLeft } from '../../domain/events.js';
import type { Session, SessionId } from '../../domain/session.js';
import type { Broadcaster, Outlet } from './broadcast-ports.js';
import { Meter } from './meter.js';
import type { LogChange, MovedUser, OpenedRoomLog, RoomLog } from './room-log-ports.js';

type SessionMoved = Extract<LogChange, { type: 'moved' }>;

type OnJoined = (event: Recorded) => void;

/** Follows the room log: tells the members what is recorded, and makes a session a member once its join is. */
export class RoomFeed {
  readonly #entering = new Map<SessionId, OnJoined>();
  /** Who is in the room as of the last event that was told. */
  readonly #here = new Set<SessionId>();
  #head: Seq = 0;
  #epoch = '';
  #onNotice: (event: Recorded<MessageSent>) => void = () => {};

  constructor(
    private readonly room: Pick<ChatRoom, 'users' | 'userOf' | 'restore' | 'leave' | 'countFrom' | 'arrived'>,
    private readonly roomLog: Pick<RoomLog, 'follow' | 'tellAbsence' | 'settled'>,
    private readonly broadcaster: Broadcaster,
    private readonly meter: Pick<Meter, 'messages' | 'joins' | 'leaves'> = new Meter(),
  ) {}

  /** The sequence number of the last event that was told. */
  get head(): Seq {
    return this.#head;
  }

  /** How many are in the room as of `head`: neither who is coming in, nor without whoever is leaving. */
  get count(): number {
    return this.#here.size;
  }

  /** Names the stretch of the log whose events were told since the start. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Set while most members cannot keep up: who says much should wait until it resolves. */
  get congestion(): Promise<void> | undefined {
    return this.broadcaster.congestion;
  }

  /**
   * Called once, when the log has been opened.
   * @param onOrphan called for a session that this server has to wait for, since its own server is gone
   * @param onNotice called for what the room is told by no user
   */
  start(
    { head, epoch, present }: OpenedRoomLog,
    onOrphan: (session: Session) => void,
    onNotice: (event: Recorded<MessageSent>) => void = () => {},
  ): void {
    this.#onNotice = onNotice;
    this.#head = head;
    this.#epoch = epoch;
    for (const { session } of present) this.#here.add(session);
    this.roomLog.follow(
      batch => {
        for (const event of batch) this.#tell(event);
      },
      change => this.#follow(change, onOrphan),
    );
  }

  /**
   * As soon as the session's UserJoined is recorded, and before any member is told of it, calls `onJoined`, and tells
   * the outlet everything from there on: at once, or once `ready` resolves.
   */
  admit(session: SessionId, outlet: Outlet, ready: Promise<void> | undefined, onJoined: OnJoined): void {
    this.#entering.set(session, event => {
      onJoined(event);
      this.broadcaster.add(session, outlet, ready);
    });
  }

  /** The session's join was not recorded. */
  forget(session: SessionId): void {
    this.#entering.delete(session);
  }

  /** Tells the outlet of a session in the room everything from now on; false if it lacks an earlier event. */
  attach(session: SessionId, outlet: Outlet): boolean {
    if (outlet.lastSeq < this.#head) return false;
    this.broadcaster.add(session, outlet);
    return true;
  }

  /** Tells the session nothing more, though it stays in the room. */
  detach(session: SessionId): void {
    this.broadcaster.remove(session);
  }

  /** The connection of the session is gone. @param mayComeBack whether it stays in the room for a while */
  lose(session: SessionId, mayComeBack: boolean): void {
    this.detach(session);
    if (mayComeBack) this.roomLog.tellAbsence(session, true);
  }

  /** Resolves when everything appended until now is recorded, or refused, and handed to the members. */
  async settled(): Promise<void> {
    await this.roomLog.settled();
    this.broadcaster.flush();
  }

  #tell(event: Recorded): void {
    this.#head = event.seq;
    if (event.type === 'MessageSent') {
      this.meter.messages++;
      if (event.kind === 'notice') this.#onNotice(event);
    } else if (event.type === 'UserJoined') {
      this.meter.joins++;
      this.#here.add(event.session);
      this.#joined(event);
    } else {
      this.meter.leaves++;
      this.#here.delete(event.session);
      this.broadcaster.remove(event.session);
      this.#left(event);
    }
    this.broadcaster.publish(event);
  }

  #joined(event: Recorded<UserJoined>): void {
    const { session, elsewhere } = event;
    if (elsewhere !== undefined) {
      this.#putElsewhere({ ...event, elsewhere });
      return;
    }
    this.room.arrived(session);
    this.#entering.get(session)?.(event);
    this.#entering.delete(session);
  }

  /** Whoever leaves by this server is out of the room already; or is coming in again, in the same session. */
  #left({ session: id, ended }: Recorded<UserLeft>): void {
    const session = this.room.userOf(id)?.session;
    if (session === undefined || session.isEntering) return;
    this.room.leave(id);
    session.hangUp(ended?.reason, ended?.about);
  }

  #follow(change: LogChange, onOrphan: (session: Session) => void): void {
    switch (change.type) {
      case 'epoch':
        this.#epoch = change.epoch;
        break;
      case 'numbered':
        this.room.countFrom(change.lastSession);
        break;
      case 'absence': {
        const session = this.room.userOf(change.session)?.session;
        if (session?.isElsewhere === true) session.missElsewhere(change.isAway, change.waiting);
        break;
      }
      case 'cut off':
        // Whoever cannot come back waits.
        for (const { session } of this.room.users)
          if (session.resumeKey !== undefined && !session.isEntering) session.hangUp('CUT_OFF');
        break;
      case 'moved':
        this.#move(change, onOrphan);
    }
  }

  #move({ user, to, because }: SessionMoved, onOrphan: (session: Session) => void): void {
    const { session: id } = user;
    const session = this.room.userOf(id)?.session;
    if (to === 'here') {
      session?.moveHere();
      if (session !== undefined && because === 'DOWN') onOrphan(session);
      return;
    }
    this.broadcaster.remove(id);
    // Who has left by this server, or comes in again, has not: their client had gone to another one before.
    if (session === undefined || session.isEntering) this.#putElsewhere(user);
    else session.moveElsewhere(because === 'TAKEN' ? 'REPLACED' : 'CUT_OFF', user.elsewhere);
  }

  /** A client of this server that wants the same session is refused, but not yet. */
  #putElsewhere({ session, username, resumeKey, key, elsewhere }: MovedUser): void {
    if (this.room.userOf(session) !== undefined) this.room.leave(session);
    this.room.restore(session, username, resumeKey, key, elsewhere);
  }
}
