import type { MessageSent, Recorded, Seq } from '../../../domain/events.js';
import { Refusal } from '../../../domain/refusal.js';
import { BRIDGED_MS } from '../event-clock.js';
import { withoutMessage } from './entry.js';
import type { Journal } from './journal.js';
import type { Proposals } from './proposals.js';

/** The time of an event is later than that of its entry while a clock of the brokers is behind; looked for in steps of so much. */
const STEP_MS = 2000;

type Erased = (message: Recorded<MessageSent> | undefined) => void;

/** Takes messages out of the history for good: out of the copies of all servers, and out of the journal. */
export class MessageErasure {
  /** Who waits for what was erased. */
  readonly #waiting = new Map<Seq, Set<Erased>>();

  constructor(
    private readonly journal: Pick<Journal, 'replace'>,
    private readonly proposals: Pick<Proposals, 'propose'>,
  ) {}

  /** Resolves to what it was; to nothing when it is not there. @throws {Refusal} NOT_RECORDED */
  async erase(seq: Seq): Promise<Recorded<MessageSent> | undefined> {
    let message: Recorded<MessageSent> | undefined;
    const listener: Erased = found => {
      message ??= found;
    };
    const waiting = this.#waiting.get(seq) ?? new Set();
    this.#waiting.set(seq, waiting.add(listener));
    try {
      await this.proposals.propose({ type: 'MessageErased', seq });
    } finally {
      waiting.delete(listener);
      if (waiting.size === 0) this.#waiting.delete(seq);
    }
    if (message !== undefined) await this.#forget(message);
    return message;
  }

  /** The copy of this server is without it. @param message nothing if it was already */
  erased(seq: Seq, message: Recorded<MessageSent> | undefined): void {
    for (const tell of this.#waiting.get(seq) ?? []) tell(message);
  }

  async #forget({ session, ref, content, at }: Recorded<MessageSent>): Promise<void> {
    const isMeant = (said: MessageSent) =>
      said.session === session && said.ref === ref && said.content === content;
    try {
      for (let back = 0; back <= BRIDGED_MS; back += STEP_MS)
        if (await this.journal.replace(at - back, text => withoutMessage(text, isMeant))) return;
    } catch {
      throw new Refusal('NOT_RECORDED');
    }
  }
}
