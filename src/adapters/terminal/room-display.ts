import type { OutgoingMessage } from '../../application/chat-request.js';
import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { Bell } from '../../application/client/preferences.js';
import { Attention } from '../view/attention.js';
import { Ringer } from '../view/ringer.js';
import type { TabCompletion } from '../view/tab-completion.js';
import type { Choices, OnChoice } from '../view/view-choices.js';
import { eventLines } from './event-lines.js';
import type { FoundMessages } from './found-messages.js';
import { Greeting } from './greeting.js';
import type { Tier } from './line-editor/color.js';
import type { LinePrompt } from './line-editor/line-prompt.js';
import type { NotifyForm } from './line-editor/notification.js';
import type { Line } from './line-editor/spans.js';
import { Others } from './others.js';
import { OwnLines } from './own-lines.js';
import { Status } from './status.js';
import { Transcript } from './transcript.js';

/** Events without a line of their own. */
const QUIET: readonly ClientEvent['type'][] = ['Pending', 'Delayed', 'Lagging'];

export interface DisplaySettings {
  readonly tier: Tier;
  readonly bell: Bell;
  /** Whether the terminal notifies of what the bell would ring for, and in which form it is told to. */
  readonly notify: 'off' | NotifyForm;
  /** Told when the person has chosen something. */
  readonly onChoice?: OnChoice;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** The server, as the person has named it. */
  readonly place?: string;
  /** How wide the column of names may become; none when absent or 0. */
  readonly align?: number;
}

/** What the display shows is chosen, found and completed elsewhere as well. */
export interface DisplayParts {
  readonly choices: Choices;
  readonly found: FoundMessages;
  readonly names: TabCompletion;
}

/**
 * What happens in the room, around a prompt: what is said above it, own messages between the two until they are
 * confirmed, the state of the connection below.
 */
export class RoomDisplay {
  readonly transcript: Transcript;
  readonly ringer: Ringer;
  readonly #attention: Attention;
  readonly #others: Others;
  readonly #greeting: Greeting;
  readonly #own: OwnLines;
  readonly #status: Status;
  readonly #now: () => number;

  constructor(
    private readonly prompt: Pick<
      LinePrompt,
      'print' | 'setAbove' | 'setStatus' | 'setTitle' | 'offer' | 'ring' | 'notify' | 'size'
    >,
    private readonly parts: DisplayParts,
    { tier, bell, notify, onChoice, now = Date.now, place, align }: DisplaySettings,
  ) {
    const { choices, names } = parts;
    this.#now = now;
    this.transcript = new Transcript({ tier, now, align, columns: () => prompt.size.columns });
    this.#status = new Status(status => prompt.setStatus(status), { place, now });
    this.#status.update();
    this.#greeting = new Greeting(lines => {
      prompt.print(lines);
      this.#own.show();
    });
    this.#own = new OwnLines(this.transcript, this.#status, {
      above: rows => prompt.setAbove([...this.#greeting.lines.map(({ spans }) => spans), ...rows]),
      offer: text => prompt.offer(text),
    });
    this.#attention = new Attention(now, (messages, mentions) => this.#unread(messages, mentions));
    this.#unread(0, 0);
    this.ringer = new Ringer(bell, {
      ring: () => prompt.ring(),
      ...(notify !== 'off' && {
        notify: ({ username, content }) => prompt.notify({ form: notify, title: username, text: content }),
      }),
      onBell: bell => onChoice?.('bell', bell),
    });
    const { transcript, ringer } = this;
    this.#others = new Others(
      { transcript, choices, ringer, status: this.#status, names, attention: this.#attention },
      now,
      lines => this.print(lines),
    );
  }

  get isAway(): boolean {
    return this.#status.isAway;
  }

  /** Resolves when what was printed is on the screen; nothing when that is at once. */
  show(event: ClientEvent): Promise<void> | undefined {
    if (event.type === 'Memo') return this.#others.show(event);
    if (event.type === 'Accepted') this.#others.presence.before(event.at ?? this.#now());
    else if (!QUIET.includes(event.type)) this.#others.presence.flush();
    for (const part of [this.#others, this.#own, this.#status]) part.note(event);
    if (event.type === 'Welcome') this.#isCalled(event.username);
    return this.print(this.#linesOf(event));
  }

  /** Prints lines, below what has waited for them. */
  print(lines: readonly Line[]): Promise<void> | undefined {
    if (lines.length > 0) this.#greeting.end();
    return this.prompt.print(lines);
  }

  /** Whether the person looks at it. */
  look(isHere: boolean): void {
    this.#attention.look(isHere);
  }

  /** The status was not shown for a while. */
  showStatus(): void {
    this.#status.update();
  }

  /** Shows things as the person has chosen. */
  applyChoices(): void {
    const { presence, words } = this.parts.choices;
    this.#others.presence.mode = presence;
    this.transcript.words = words;
  }

  /** @param waiting what was entered to be said, and nobody has asked for */
  close(waiting: readonly OutgoingMessage[]): void {
    this.#others.presence.close();
    this.#status.close();
    this.#greeting.end();
    this.prompt.setAbove([]);
    this.print(this.#own.unsent(waiting));
  }

  /** The name of the person, who is in the room now. */
  #isCalled(username: string): void {
    this.transcript.username = username;
    this.parts.choices.username = username;
    this.#unread(0, 0);
  }

  #linesOf(event: Exclude<ClientEvent, { type: 'Memo' }>): Line[] {
    switch (event.type) {
      case 'Welcome':
        this.#greeting.wait(eventLines(event, this.transcript));
        this.#own.show();
        return [];
      case 'Earlier':
      case 'History':
      case 'Found':
        return this.#listed(event);
      case 'Pending':
        this.#own.pending(event);
        return [];
      case 'Accepted':
        return this.#own.accepted(event);
      case 'Refused':
      case 'TooLong':
        return this.#own.refused(event);
      default:
        return eventLines(event, this.transcript);
    }
  }

  /** Several messages, without those of whom one ignores. What was said before one came stands above the greeting. */
  #listed(event: Extract<ClientEvent, { memos: readonly ChatMemo[] }>): Line[] {
    const { choices, found } = this.parts;
    const memos = event.memos.filter(({ username }) => !choices.isIgnored(username));
    if (memos.length === 0 && event.memos.length > 0)
      return this.transcript.notice('All of that is of people whom you ignore. Older: /more');
    const lines = eventLines({ ...event, memos: found.take(event.type, memos) }, this.transcript);
    if (event.type !== 'Earlier') return lines;
    this.#greeting.endBelow(lines);
    return [];
  }

  /** Where somebody looks elsewhere, the title of the window says what they miss. */
  #unread(messages: number, mentions: number): void {
    this.#status.unread(messages, mentions);
    const { where } = this.#status;
    if (where === undefined) return;
    const count = messages === 0 ? '' : mentions > 0 ? `(${messages}!) ` : `(${messages}) `;
    this.prompt.setTitle(`${count}${where} - chatty`);
  }
}
