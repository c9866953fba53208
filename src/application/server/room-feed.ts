import type { Recorded, Seq } from '../../domain/events.js';
import type { SessionId } from '../../domain/user.js';
import type { Broadcaster, OpenedRoomLog, Outlet, RoomLog } from './ports.js';

type OnJoined = (event: Recorded) => void;

/** Follows the room log: what is recorded is told to the members, and lets those in who have come. */
export class RoomFeed {
  readonly #arrivals = new Map<SessionId, OnJoined>();
  #head: Seq = 0;
  #epoch = '';

  constructor(
    private readonly log: RoomLog,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** The place of the last event that was told. */
  get head(): Seq {
    return this.#head;
  }

  /** The stretch of the log to which the places told since the start belong. */
  get epoch(): string {
    return this.#epoch;
  }

  /** While most members cannot keep up with what is said: who says it should wait until this resolves. */
  get congestion(): Promise<void> | undefined {
    return this.broadcaster.congestion;
  }

  /** Called once, when the log has been opened. */
  start({ head, epoch }: OpenedRoomLog): void {
    this.#head = head;
    this.#epoch = epoch;
    this.log.follow(batch => {
      for (const event of batch) this.#tell(event);
    });
  }

  /**
   * As soon as the session's UserJoined is recorded, and before anybody is told of it, calls `onJoined`, and tells the
   * outlet everything from there on: at once, or from when `ready` resolves.
   */
  admit(session: SessionId, outlet: Outlet, ready: Promise<void> | undefined, onJoined: OnJoined): void {
    this.#arrivals.set(session, event => {
      onJoined(event);
      this.broadcaster.add(session, outlet, ready);
    });
  }

  /** The session does not come after all. */
  forget(session: SessionId): void {
    this.#arrivals.delete(session);
  }

  /** Tells the outlet of a session that is in the room everything after its place; false unless that is `head`. */
  attach(session: SessionId, outlet: Outlet): boolean {
    if (outlet.place < this.#head) return false;
    this.broadcaster.add(session, outlet);
    return true;
  }

  /** Tells the session nothing more, though it stays in the room. */
  detach(session: SessionId): void {
    this.broadcaster.remove(session);
  }

  /** Resolves when everything that was said until now is recorded, or refused, and handed to the members. */
  async settled(): Promise<void> {
    await this.log.settled();
    this.broadcaster.flush();
  }

  #tell(event: Recorded): void {
    this.#head = event.seq;
    if (event.type === 'UserJoined') {
      this.#arrivals.get(event.session)?.(event);
      this.#arrivals.delete(event.session);
    } else if (event.type === 'UserLeft') {
      this.broadcaster.remove(event.session);
    }
    this.broadcaster.publish(event);
  }
}
