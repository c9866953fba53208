import type { Seq } from '../../domain/events.js';
import type { SessionRequest } from '../chat-request.js';
import type { Welcome } from '../chat-response.js';
import { newSession } from './own-session.js';
import type { OwnSession } from './ports.js';

/** Which session this is, and how far it has read: what a Join has to say to go on from here. */
export class ReadingPosition {
  #own: OwnSession = newSession();
  #welcome: Pick<Welcome, 'resume' | 'epoch'> | undefined;
  /** The last sequence number that was read, in the epoch of the welcome. */
  #seq: Seq = 0;

  /** Goes on where a program was that ended. */
  takeUp(own: OwnSession): void {
    this.#own = own;
    this.#seq = own.saved.since ?? 0;
  }

  /** Whether the server counts what it tells. */
  get isCounted(): boolean {
    return this.#welcome !== undefined;
  }

  /** Whether anything was read before, by this program or by one that ended. */
  get isBack(): boolean {
    return this.#welcome !== undefined || this.#own.saved.since !== undefined;
  }

  /** From the first Join on, for its answer may be lost. */
  get bookmark(): Pick<SessionRequest, 'resume' | 'since' | 'epoch'> {
    if (this.#welcome !== undefined) {
      const { resume, epoch } = this.#welcome;
      return { resume, epoch, since: this.#seq };
    }
    const { token, since, epoch } = this.#own.saved;
    return { resume: token, ...(since !== undefined && epoch !== undefined && { since, epoch }) };
  }

  /** Goes on after the sequence number of a welcome; in the basic form, without one, nothing is counted. */
  begin(welcome: Welcome | undefined): void {
    if (welcome !== undefined) {
      // All that was missed comes now, so `seq` is never ahead of what was read; but a log that was rolled back, or is
      // another one, numbers its events anew.
      const read = !this.isBack || welcome.gap !== undefined ? welcome.seq : this.#seq;
      this.#seq = Math.min(read, welcome.seq);
    }
    this.#welcome = welcome;
    this.#keep();
  }

  /** An event is about to be shown; false when it was shown before. One without a number is always new. */
  read(seq: Seq | undefined): boolean {
    if (seq === undefined || this.#welcome === undefined) return true;
    if (seq <= this.#seq) return false;
    this.advanceTo(seq);
    return true;
  }

  advanceTo(seq: Seq): void {
    this.#seq = Math.max(this.#seq, seq);
    this.#keep();
  }

  #keep(): void {
    if (this.#welcome !== undefined) this.#own.readTo(this.#welcome.epoch, this.#seq);
  }
}
