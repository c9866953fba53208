import type { NotReady, Stage } from '../server-status.js';
import type { RoomLog } from './room-log-ports.js';

/** Whether clients should come here: the room is open, and what they say can be recorded. */
export class Readiness {
  #stage: Stage = 'STARTING';

  constructor(private readonly roomLog: Pick<RoomLog, 'objection'>) {}

  get stage(): Stage {
    return this.#stage;
  }

  /** The server has come so far in its life. */
  enter(stage: Stage): void {
    this.#stage = stage;
  }

  /** Why it is not ready; nothing when it is. Never throws, and may write to the history to find out. */
  get objection(): NotReady | undefined {
    return this.#stage === 'OPEN' ? this.roomLog.objection : this.#stage;
  }
}
