import type { Readable, Writable } from 'node:stream';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView, InputLog } from '../../application/client/ports.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { SLASH_COMMAND_NAMES } from '../view/slash-commands.js';
import { TabCompletion } from '../view/tab-completion.js';
import { TypedInput } from '../view/typed-input.js';
import { Choices, type ViewChoices } from '../view/view-choices.js';
import { FoundMessages } from './found-messages.js';
import { LinePrompt, type LinePromptOptions } from './line-editor/line-prompt.js';
import { rowsOf } from './own-rows.js';
import { PromptAnswers } from './prompt-answers.js';
import { type DisplaySettings, RoomDisplay } from './room-display.js';
import { TallMessages } from './tall-messages.js';

const PROMPT = '> ';

export interface TerminalSettings extends ViewChoices, DisplaySettings {
  /** What was entered at other times. */
  readonly inputLog?: InputLog;
}

/** A person at a terminal: a prompt that nothing overwrites, what they type there, and the room around it. */
export class TerminalView implements ChatView {
  readonly isInteractive = true;
  readonly #prompt: LinePrompt;
  readonly #display: RoomDisplay;
  readonly #tall: TallMessages;
  readonly #choices: Choices;
  readonly #answers: PromptAnswers;
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
    const { tier, inputLog, onChoice } = settings;
    this.#choices = new Choices(settings, onChoice);
    this.#prompt = new LinePrompt(
      input,
      output,
      {
        submitted: text => this.#submit(text),
        refuses: text => this.#typed.refusal(text),
        interrupted: isAgain => this.#interrupt(isAgain),
        ended: () => this.#typed.end(),
        focused: isHere => this.#display.look(isHere),
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
    this.#tall = new TallMessages(() => this.#prompt.size);
    this.#prompt.setPrompt([{ text: PROMPT, style: { bold: true } }]);
    const parts = { choices: this.#choices, found: new FoundMessages() };
    this.#display = new RoomDisplay(this.#prompt, { ...parts, names: this.#names }, settings);
    const { transcript, ringer } = this.#display;
    this.#answers = new PromptAnswers(
      { ...parts, prompt: this.#prompt, transcript, tall: this.#tall, ringer },
      {
        print: lines => this.#display.print(lines),
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
    this.#display.showStatus();
    return answer;
  }

  commands(): AsyncIterable<UserCommand> {
    return this.#typed.commands();
  }

  show(event: ClientEvent): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    this.#note(event);
    return this.#display.show(event);
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
    // Whoever never came in has said nothing of what is waiting; of others it is still asked for.
    this.#display.close(this.#username === '' ? this.#typed.waiting : []);
    this.#prompt.close();
  }

  #submit(text: string): void {
    if (text.trim() === '') {
      if (this.#display.isAway) this.#typed.add({ type: 'reconnect' });
      return;
    }
    this.#display.look(true);
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

  /** What an event changes for what is typed. */
  #note(event: ClientEvent): void {
    switch (event.type) {
      case 'Welcome':
        this.#username = event.username;
        this.#typed.maxMessageBytes = event.maxMessageBytes ?? Number.POSITIVE_INFINITY;
        break;
      case 'NameRefused':
        this.#isRefused = true;
        break;
      case 'Leaving':
        this.#isLeaving = true;
    }
  }

  #applyChoices(): void {
    this.#display.applyChoices();
    this.#typed.style = this.#choices.commands;
  }
}
