import type { Readable, Writable } from 'node:stream';
import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView, InputLog } from '../../application/client/ports.js';
import type { Bell } from '../../application/client/preferences.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { Attention } from '../view/attention.js';
import { Ringer } from '../view/ringer.js';
import { SLASH_COMMAND_NAMES } from '../view/slash-commands.js';
import { TabCompletion } from '../view/tab-completion.js';
import { TypedInput } from '../view/typed-input.js';
import { Choices, type OnChoice, type ViewChoices } from '../view/view-choices.js';
import { eventLines } from './event-lines.js';
import { Greeting } from './greeting.js';
import type { Tier } from './line-editor/color.js';
import { LinePrompt, type LinePromptOptions } from './line-editor/line-prompt.js';
import type { NotifyForm } from './line-editor/notification.js';
import type { Line } from './line-editor/spans.js';
import { Others } from './others.js';
import { OwnLines } from './own-lines.js';
import { rowsOf } from './own-rows.js';
import { PromptAnswers } from './prompt-answers.js';
import { Status } from './status.js';
import { TallMessages } from './tall-messages.js';
import { Transcript } from './transcript.js';

const PROMPT = '> ';

/** Events without a line of their own. */
const QUIET: readonly ClientEvent['type'][] = ['Pending', 'Delayed', 'Lagging'];

export interface TerminalSettings extends ViewChoices {
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
  /** What was entered at other times. */
  readonly inputLog?: InputLog;
}

/**
 * A person at a terminal: a prompt that nothing overwrites, with what comes in above it, own messages between the two
 * until they are confirmed, and the state of the connection below.
 */
export class TerminalView implements ChatView {
  readonly isInteractive = true;
  readonly #prompt: LinePrompt;
  readonly #transcript: Transcript;
  readonly #tall: TallMessages;
  readonly #choices: Choices;
  readonly #attention: Attention;
  readonly #others: Others;
  readonly #greeting = new Greeting(lines => {
    this.#prompt.print(lines);
    this.#own.show();
  });
  readonly #status: Status;
  readonly #answers: PromptAnswers;
  readonly #own: OwnLines;
  readonly #names = new TabCompletion(SLASH_COMMAND_NAMES);
  readonly #interrupted = Promise.withResolvers<void>();
  readonly interrupted: Promise<void> = this.#interrupted.promise;
  readonly #typed = new TypedInput(line => this.#answers.answer(line));
  #username = '';
  #isLeaving = false;
  #isRefused = false;
  #isClosed = false;

  constructor(
    input: Readable,
    output: Writable,
    private readonly settings: TerminalSettings,
    options: Partial<LinePromptOptions> = {},
  ) {
    const { tier, now = Date.now, align, place, inputLog, onChoice } = settings;
    this.#choices = new Choices(settings, onChoice);
    this.#prompt = new LinePrompt(
      input,
      output,
      {
        submitted: text => this.#submit(text),
        refuses: text => this.#typed.refusal(text),
        interrupted: isAgain => this.#interrupt(isAgain),
        ended: () => this.#typed.end(),
        focused: isHere => this.#attention.look(isHere),
        // It may be found broken while the prompt is being made.
        broken: () => queueMicrotask(() => this.close()),
      },
      {
        ...options,
        tier,
        complete: before => this.#names.complete(before),
        fold: line => this.#tall.fold(line),
      },
    );
    this.#transcript = new Transcript({ tier, now, align, columns: () => this.#prompt.size.columns });
    this.#tall = new TallMessages(() => this.#prompt.size);
    this.#prompt.setPrompt([{ text: PROMPT, style: { bold: true } }]);
    this.#status = new Status(status => this.#prompt.setStatus(status), { place, now });
    this.#status.update();
    this.#own = new OwnLines(this.#transcript, this.#status, {
      above: rows => this.#prompt.setAbove([...this.#greeting.lines.map(({ spans }) => spans), ...rows]),
      offer: text => this.#prompt.offer(text),
    });
    this.#attention = new Attention(now, (messages, mentions) => this.#unread(messages, mentions));
    this.#unread(0, 0);
    const { bell, notify } = settings;
    const ringer = new Ringer(bell, {
      ring: () => this.#prompt.ring(),
      ...(notify !== 'off' && {
        notify: ({ username, content }) =>
          this.#prompt.notify({ form: notify, title: username, text: content }),
      }),
      onBell: bell => onChoice?.('bell', bell),
    });
    const parts = { transcript: this.#transcript, choices: this.#choices, ringer };
    this.#others = new Others(
      { ...parts, status: this.#status, names: this.#names, attention: this.#attention },
      now,
      lines => this.#print(lines),
    );
    this.#answers = new PromptAnswers(
      { ...parts, prompt: this.#prompt, tall: this.#tall },
      {
        print: lines => this.#print(lines),
        ask: command => this.#typed.add(command),
        chosen: () => this.#applyChoices(),
      },
    );
    this.#applyChoices();
    void inputLog?.read().then(entries => this.#prompt.recall(entries));
  }

  async ask(question: string): Promise<string | undefined> {
    // What was typed after a name was given was meant to be said, not to be one.
    const typed = this.#isRefused ? undefined : this.#typed.takeText();
    if (typed !== undefined) return typed;
    if (this.#typed.isEnded) return undefined;
    this.#prompt.setStatus(undefined);
    const answer = await this.#prompt.ask([{ text: question, style: { bold: true } }]);
    this.#status.update();
    return answer;
  }

  commands(): AsyncIterable<UserCommand> {
    return this.#typed.commands();
  }

  show(event: ClientEvent): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    if (event.type === 'Memo') return this.#others.show(event);
    if (event.type === 'Accepted') this.#others.presence.before(event.at ?? this.#now());
    else if (!QUIET.includes(event.type)) this.#others.presence.flush();
    for (const part of [this.#others, this.#own, this.#status]) part.note(event);
    this.#onState(event);
    return this.#print(this.#linesOf(event));
  }

  /** Whether the person ignores somebody. */
  hides(username: string): boolean {
    return this.#choices.isIgnored(username);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#interrupted.resolve();
    this.#typed.end();
    this.#others.presence.close();
    this.#status.close();
    this.#greeting.end();
    this.#prompt.setAbove([]);
    // Whoever never came in has said nothing of what is waiting; of others it is still asked for.
    this.#print(this.#own.unsent(this.#username === '' ? this.#typed.waiting : []));
    this.#prompt.close();
  }

  #submit(text: string): void {
    if (text.trim() === '') {
      if (this.#status.isAway) this.#typed.add({ type: 'reconnect' });
      return;
    }
    this.#attention.look(true);
    this.settings.inputLog?.add(text);
    this.#answers.hintAtSend(text);
    this.#typed.submit(text);
    if (this.#username === '') this.#prompt.setAbove(rowsOf(this.#typed.waiting, ''));
  }

  /** Somebody who talks is asked once more: it may have been meant for what they had typed. */
  #interrupt(isAgain: boolean): void {
    if (isAgain || this.#username === '' || this.#isLeaving) this.close();
    else this.#prompt.say('Ctrl-C again to leave');
  }

  /** Prints lines, below what has waited for them. */
  #print(lines: readonly Line[]): Promise<void> | undefined {
    if (lines.length > 0) this.#greeting.end();
    return this.#prompt.print(lines);
  }

  /** What an event changes beside being shown. */
  #onState(event: Exclude<ClientEvent, { type: 'Memo' }>): void {
    switch (event.type) {
      case 'Welcome':
        this.#onWelcome(event);
        break;
      case 'NameRefused':
        this.#isRefused = true;
        break;
      case 'Leaving':
        this.#isLeaving = true;
    }
  }

  #onWelcome({ username, maxMessageBytes }: Extract<ClientEvent, { type: 'Welcome' }>): void {
    this.#username = username;
    this.#transcript.username = username;
    this.#choices.username = username;
    this.#unread(0, 0);
    this.#typed.maxMessageBytes = maxMessageBytes ?? Number.POSITIVE_INFINITY;
  }

  #linesOf(event: Exclude<ClientEvent, { type: 'Memo' }>): Line[] {
    switch (event.type) {
      case 'Welcome':
        this.#greeting.wait(eventLines(event, this.#transcript));
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
        return eventLines(event, this.#transcript);
    }
  }

  /** Several messages, without those of whom one ignores. What was said before one came stands above the greeting. */
  #listed(event: Extract<ClientEvent, { memos: readonly ChatMemo[] }>): Line[] {
    const memos = event.memos.filter(({ username }) => !this.#choices.isIgnored(username));
    if (memos.length === 0 && event.memos.length > 0)
      return this.#transcript.notice('All of that is of people whom you ignore. Older: /more');
    const lines = eventLines({ ...event, memos: this.#answers.around(event.type, memos) }, this.#transcript);
    if (event.type === 'Found') this.#answers.found = memos;
    if (event.type !== 'Earlier') return lines;
    this.#greeting.endBelow(lines);
    return [];
  }

  #applyChoices(): void {
    this.#others.presence.mode = this.#choices.presence;
    this.#typed.style = this.#choices.commands;
    this.#transcript.words = this.#choices.words;
  }

  /** Where somebody looks elsewhere, the title of the window says what they miss. */
  #unread(messages: number, mentions: number): void {
    this.#status.unread(messages, mentions);
    const { where } = this.#status;
    if (where === undefined) return;
    const count = messages === 0 ? '' : mentions > 0 ? `(${messages}!) ` : `(${messages}) `;
    this.#prompt.setTitle(`${count}${where} - chatty`);
  }

  #now(): number {
    return (this.settings.now ?? Date.now)();
  }
}
