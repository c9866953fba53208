import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { Seq } from '../../domain/events.js';
import type { Attention } from '../view/attention.js';
import { Presence } from '../view/presence.js';
import type { Ringer } from '../view/ringer.js';
import type { TabCompletion } from '../view/tab-completion.js';
import { clockTime } from '../view/time.js';
import type { Choices } from '../view/view-choices.js';
import type { Line } from './line-editor/spans.js';
import type { Status } from './status.js';
import { rule, type Transcript } from './transcript.js';

/** What others change on a person's screen. */
export interface OthersParts {
  readonly transcript: Transcript;
  readonly choices: Choices;
  readonly status: Status;
  readonly names: TabCompletion;
  readonly attention: Attention;
  readonly ringer: Ringer;
}

/** What others in the room say and do, as a person at a terminal is shown it: in words, by the bell, as new. */
export class Others {
  readonly presence: Presence;
  /** The name under which the person is here. */
  #username = '';
  /** The last event that is in the number of people which came with the last Joined. */
  #countedTo: Seq = 0;
  #hasMissedMark = true;

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly parts: OthersParts,
    private readonly now: () => number,
    private readonly print: (lines: readonly Line[]) => Promise<void> | undefined,
  ) {
    this.presence = new Presence(change => this.print(this.parts.transcript.presence(change)));
  }

  /** Who is here, and whether what comes now was missed. */
  note(event: ClientEvent): void {
    const { names } = this.parts;
    const others = (all: readonly string[]) => new Set(all.filter(name => name !== this.#username));
    switch (event.type) {
      case 'Welcome':
        this.#username = event.username;
        this.#countedTo = event.head ?? 0;
        for (const name of others(event.users ?? [])) names.here(name);
        break;
      case 'Users':
        for (const name of others(event.users)) names.here(name);
        break;
      case 'Earlier':
        for (const name of event.memos.map(({ username }) => username))
          if (name !== this.#username) names.spoke(name);
        break;
      case 'Reconnected':
        this.#countedTo = event.head ?? 0;
        this.#catchUp(event.extended && event.isNews !== false);
        break;
      case 'Replayed':
      case 'Reconnecting':
        this.#catchUp(false);
    }
  }

  /** What comes from now on was missed, until it is over. */
  #catchUp(isCatchingUp: boolean): void {
    this.#hasMissedMark = !isCatchingUp;
    this.parts.ringer.catchUp(!isCatchingUp);
  }

  show(memo: ChatMemo): Promise<void> | undefined {
    const { kind, username } = memo;
    const at = memo.at ?? this.now();
    const isIgnored = this.parts.choices.isIgnored(username);
    if (kind === 'joined' || kind === 'left') {
      this.#moved(kind, memo);
      if (!isIgnored) this.presence.add(kind, memo, at);
      return this.print([]);
    }
    if (isIgnored) return this.print([]);
    this.presence.before(at);
    this.#markMissed();
    if (username !== this.#username) this.#heard(memo);
    return this.print(this.parts.transcript.message(memo));
  }

  #moved(kind: 'joined' | 'left', { username, seq = Number.POSITIVE_INFINITY }: ChatMemo): void {
    const { names, transcript, status } = this.parts;
    if (kind === 'joined') names.here(username);
    else {
      names.left(username);
      transcript.left(username);
    }
    if (seq > this.#countedTo) status.moved(kind === 'joined' ? 1 : -1);
  }

  #heard(memo: ChatMemo): void {
    const { names, transcript, ringer, attention } = this.parts;
    const isMention = transcript.isMention(memo);
    names.spoke(memo.username);
    ringer.heard(memo, isMention);
    const since = attention.heard(isMention);
    if (since !== undefined) this.print([rule(`new since ${clockTime(since)}`)]);
  }

  /** The line above what was missed. */
  #markMissed(): void {
    if (this.#hasMissedMark) return;
    this.#hasMissedMark = true;
    this.print([rule('new while you were away')]);
  }
}
