import { Refusal } from '../../domain/refusal.js';
import type { Origin, Session } from '../../domain/session.js';
import type { Outlet } from './broadcast-ports.js';
import type { RoomLog } from './room-log-ports.js';

/** Tells the other servers of a room to which connection of its client a session belongs. */
export class TakeSession {
  /** @param onAway called for a session that has come back to this server, and whose client is gone */
  constructor(
    private readonly roomLog: Pick<RoomLog, 'take'>,
    private readonly onAway: (session: Session) => void,
  ) {}

  /**
   * From now on this server speaks for a session of another one. False when a newer connection of its client has it.
   * @throws {Refusal} NOT_RECORDED
   */
  async execute({ id }: Session, outlet: Outlet, attempt: number): Promise<boolean> {
    try {
      return await this.roomLog.take(id, attempt, originOf(outlet));
    } catch (error) {
      // It has left meanwhile, and is looked for again.
      if (error instanceof Refusal && error.code === 'NOT_JOINED') return true;
      throw error;
    }
  }

  /** A session of this server has a new connection: no older one, to whichever server, is to take it back. */
  note(session: Session, outlet: Outlet, attempt: number): void {
    // It has been resumed, whatever becomes of this.
    this.#note(session, outlet, attempt).catch(() => {});
  }

  async #note(session: Session, outlet: Outlet, attempt: number): Promise<void> {
    await this.roomLog.take(session.id, attempt, originOf(outlet));
    // An older connection had taken it to another server meanwhile.
    if (session.isAway && !session.isElsewhere) this.onAway(session);
  }
}

export function originOf({ owner, address }: Outlet): Origin {
  return { owner, address };
}
