import type { ChatRoom } from '../../domain/chat-room.js';
import type { Ending } from '../../domain/events.js';
import type { Measure, Target } from '../../domain/measures.js';
import { Refusal } from '../../domain/refusal.js';
import type { RoomChange } from '../../domain/room-change.js';
import type { User } from '../../domain/user.js';
import type { LeaveUser } from './leave-user.js';
import type { ModerationTargets } from './moderation-targets.js';
import type { RoomLog } from './room-log-ports.js';
import { detailsOf, type RoomOrder } from './room-order.js';

/** After so long every server of the room knows of a ban, in milliseconds. */
const KNOWN_MS = 1000;

/** How many are looked at in one turn: 1 to 2 ms. */
const LOOKED_AT_ONCE = 100;

/** Whoever operators put out leaves, at whichever server they are. */
export class PutOut {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReviewedAgain = false;

  constructor(
    private readonly room: Pick<ChatRoom, 'users' | 'userOf'>,
    private readonly order: RoomOrder,
    private readonly roomLog: Pick<RoomLog, 'settled'>,
    private readonly leaveUser: Pick<LeaveUser, 'execute'>,
    private readonly targets: Pick<ModerationTargets, 'present'>,
    private readonly tell: (change: RoomChange) => Promise<void>,
    private readonly now: () => number,
  ) {}

  /** Everybody is told who goes and why, then that they have left. Resolves to who has gone. */
  async execute(
    type: 'kicked' | 'banned',
    targets: readonly Target[],
    about: Pick<Measure, 'by' | 'until' | 'reason'>,
  ): Promise<readonly User[]> {
    const users = this.targets.present(targets).filter(({ session }) => !session.isEntering);
    // All in one turn: none of them says a word meanwhile.
    await Promise.all(
      users.flatMap(user => {
        const told = this.tell({ type, username: user.username, ...about });
        return [told, this.#leave(user, type === 'kicked' ? 'KICKED' : 'BANNED', about)];
      }),
    );
    return users;
  }

  /**
   * Somebody was banned. Who was just coming in at another server, which did not know of that, goes a moment later; so goes
   * whoever was just coming in here, when it was another server that banned them.
   */
  review(): void {
    this.#isReviewedAgain = this.#timer !== undefined;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#isReviewedAgain) this.review();
      this.#putOutBanned().catch(() => {}); // there is nobody who could be told of it
    }, KNOWN_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #putOutBanned(): Promise<void> {
    await this.roomLog.settled();
    const { moderation } = this.order;
    // Each server looks after those who are connected to it.
    const own = [...this.room.users].filter(({ session }) => !session.isEntering && !session.isElsewhere);
    for (let at = 0; at < own.length; at += LOOKED_AT_ONCE) {
      if (at > 0) await new Promise(resolve => setTimeout(resolve, 0));
      const here = own
        .slice(at, at + LOOKED_AT_ONCE)
        .filter(({ session }) => this.room.userOf(session.id)?.session === session);
      await Promise.all(
        here.map(async user => {
          const ban = moderation.measureAgainst(this.order.personOf(user), 'ban', this.now());
          if (ban !== undefined) await this.#leave(user, 'BANNED', ban);
        }),
      );
    }
  }

  async #leave(
    { session }: User,
    reason: 'KICKED' | 'BANNED',
    about: Pick<Measure, 'by' | 'until' | 'reason'>,
  ): Promise<void> {
    const ended: Ending = { reason, about: detailsOf(about, this.now()) };
    try {
      const left = this.leaveUser.execute(session.id, undefined, reason, ended);
      session.hangUp(reason, ended.about);
      await left;
    } catch (error) {
      // What cannot be recorded is over all the same; and somebody may have left by themselves.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
