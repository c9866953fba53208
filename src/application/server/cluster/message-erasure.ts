import type { MessageSent, Recorded, Seq } from '../../../domain/events.js';
import { Refusal } from '../../../domain/refusal.js';
import { BRIDGED_MS } from '../event-clock.js';
import { decodeEntry, withoutMessage } from './entry.js';
import type { Journal } from './journal.js';
import type { Proposals } from './proposals.js';

/** The time of an event is later than that of its entry while a clock of the brokers is behind; looked for in steps of so much. */
const STEP_MS = 2000;

/** For so long after an entry it may be in the journal again, in milliseconds: what was not acknowledged is appended again. */
const AGAIN_MS = 4 * STEP_MS;
/** A look finds what is up to a step before and after its time. */
const LOOK_MS = 2 * STEP_MS;

/**
 * Takes messages out of the history for good: out of the journal, then out of the copies of all servers. As long as a copy
 * has it, whoever finishes what another server had begun knows what to look for.
 */
export class MessageErasure {
  /** @param messageAt what the copy of this server has */
  constructor(
    private readonly journal: Pick<Journal, 'replace'>,
    private readonly proposals: Pick<Proposals, 'propose' | 'settled'>,
    private readonly messageAt: (seq: Seq) => Recorded<MessageSent> | undefined,
  ) {}

  /** Resolves to what it was; to nothing when it is not there. @throws {Refusal} NOT_RECORDED */
  async erase(seq: Seq): Promise<Recorded<MessageSent> | undefined> {
    // It may be on its way.
    if (this.messageAt(seq) === undefined) await this.proposals.settled();
    const message = this.messageAt(seq);
    if (message === undefined) return undefined;
    await this.#forget(message);
    await this.proposals.propose({ type: 'MessageErased', seq });
    return message;
  }

  async #forget({ session, ref, content, at }: Recorded<MessageSent>): Promise<void> {
    const isMeant = (said: MessageSent) =>
      said.session === session && said.ref === ref && said.content === content;
    let found = '';
    const change = (text: string) => {
      const changed = found === '' || nameOf(text) === found ? withoutMessage(text, isMeant) : undefined;
      if (changed !== undefined) found = nameOf(text);
      return changed;
    };
    try {
      let back = 0;
      while (back <= BRIDGED_MS && !(await this.journal.replace(at - back, change))) back += STEP_MS;
      if (back > BRIDGED_MS) return;
      for (let on = 0; on <= AGAIN_MS; )
        if (!(await this.journal.replace(at - back + on, change))) on += LOOK_MS;
    } catch {
      throw new Refusal('NOT_RECORDED');
    }
  }
}

/** The same of all that are one entry. */
function nameOf(text: string): string {
  const { by, n } = decodeEntry(text) ?? {};
  return `${by} ${n}`;
}
