import type { Readable, Writable } from 'node:stream';
import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { Bell } from '../../application/client/preferences.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { eventText } from '../view/event-text.js';
import { Mentions } from '../view/mentions.js';
import { Presence, presenceText } from '../view/presence.js';
import { Ringer } from '../view/ringer.js';
import { commandsIn, readTyped } from '../view/slash-commands.js';
import { clockTime } from '../view/time.js';
import type { ViewLine } from '../view/typed-line.js';
import { Choices, type OnChoice, type ViewChoices } from '../view/view-choices.js';
import { visible } from '../view/visible.js';
import { foldText } from './fold-text.js';
import { InputLines } from './input-lines.js';
import type { Signals } from './line-editor/modes.js';
import { Output } from './output.js';
import { PlainInput } from './plain-input.js';
import { isWorded, replyToTyped } from './view-replies.js';

const BELL = '\u0007';

export interface PlainSettings extends ViewChoices {
  readonly bell?: Bell;
  /** How wide the rows are that the person sees; nothing where that is not known. */
  readonly columns?: () => number | undefined;
  /** Whether the view may read keys and echo them, at a terminal: not where somebody else does. True when absent. */
  readonly echoes?: boolean;
  readonly signals?: Signals;
  /** Told when the person has chosen something. */
  readonly onChoice?: OnChoice;
}

/**
 * A person at a terminal that can do nothing but print, or whose screen is read to them: whole lines, no prompt that
 * is drawn again, no color, no movement of the cursor. What is shown has its time, and waits while a line is typed.
 */
export class PlainView implements ChatView {
  readonly isInteractive = true;
  readonly #output: Output;
  /** Of a terminal; where something else edits lines and echoes them, there are only these. */
  readonly #lines: PlainInput | InputLines;
  readonly #ringer: Ringer;
  readonly #choices: Choices;
  readonly #columns: () => number | undefined;
  readonly #presence = new Presence(change =>
    this.#tell(`--- ${visible(presenceText(change))} ---`, change.at),
  );
  readonly interrupted: Promise<void>;
  #username = '';
  #mentions = new Mentions('');
  #words: readonly Mentions[] = [];

  constructor(
    input: Readable,
    output: Writable,
    {
      bell = 'off',
      columns = () => undefined,
      echoes = true,
      signals,
      onChoice,
      ...chosen
    }: PlainSettings = {},
  ) {
    this.#choices = new Choices(chosen, onChoice);
    this.#presence.mode = this.#choices.presence;
    this.#words = this.#choices.words.map(word => new Mentions(word));
    this.#columns = columns;
    this.#lines =
      echoes && 'setRawMode' in input
        ? new PlainInput(input, text => this.#output.write(text), { columns, ...(signals && { signals }) })
        : new InputLines(input);
    this.interrupted = this.#lines.closed;
    this.#output = new Output(output, () => this.close());
    this.#ringer = new Ringer(bell, {
      ring: () => this.#output.write(BELL),
      onBell: bell => onChoice?.('bell', bell),
    });
  }

  ask(question: string): Promise<string | undefined> {
    if (this.#lines instanceof PlainInput) return this.#lines.ask(question);
    this.#output.write(question);
    return this.#lines.next();
  }

  commands(): AsyncIterable<UserCommand> {
    return commandsIn(
      this.#lines.rest(),
      text => readTyped(text, this.#choices.commands),
      line => this.#answer(line),
    );
  }

  show(event: ClientEvent): Promise<void> | undefined {
    if (event.type === 'Memo' && this.#choices.isIgnored(event.username)) return undefined;
    if (event.type === 'Memo' && (event.kind === 'joined' || event.kind === 'left')) {
      this.#presence.add(event.kind, event, event.at ?? Date.now());
      return this.#output.full;
    }
    if (event.type === 'Memo') this.#presence.before(event.at ?? Date.now());
    else this.#presence.flush();
    this.#listen(event);
    if ('memos' in event && event.memos.length > 0) return this.#list(event);
    const text = eventText(event, '/');
    if (text === undefined) return undefined;
    return this.#tell(text, event.type === 'Memo' ? event.at : undefined);
  }

  /** Whether the person ignores somebody. */
  hides(username: string): boolean {
    return this.#choices.isIgnored(username);
  }

  close(): void {
    this.#presence.close();
    this.#lines.close();
  }

  /** Several messages, each with its own time, without those of people whom one ignores. */
  #list(event: Extract<ClientEvent, { memos: readonly ChatMemo[] }>): Promise<void> | undefined {
    const memos = event.memos.filter(({ username }) => !this.hides(username));
    if (memos.length === 0) return this.#tell('All of that is of people whom you ignore. Older: /more');
    return this.#say(eventText({ ...event, memos }, '/') ?? '');
  }

  #answer(line: ViewLine): void {
    if (line.type === 'choice') this.#choose(line);
    else if (isWorded(line)) this.#say(replyToTyped(line, { columns: this.#columns() }));
    else if (line.type !== 'nothing')
      this.#say('That is only there at a prompt that is drawn: without --plain.');
  }

  #choose({ name, choice }: Extract<ViewLine, { type: 'choice' }>): void {
    this.#say(name === 'bell' ? this.#ringer.choose(choice) : this.#choices.choose(name, choice));
    this.#presence.mode = this.#choices.presence;
    this.#words = this.#choices.words.map(word => new Mentions(word));
  }

  #tell(text: string, at = Date.now()): Promise<void> | undefined {
    return this.#say(`[${clockTime(at)}] ${text}`);
  }

  #say(text: string): Promise<void> | undefined {
    const rows = `${foldText(text, this.#columns())}\n`;
    return this.#lines instanceof PlainInput ? this.#lines.print(rows) : this.#output.write(rows);
  }

  #listen(event: ClientEvent): void {
    if (event.type === 'Welcome') {
      this.#username = event.username;
      this.#choices.username = event.username;
      this.#mentions = new Mentions(event.username);
    } else if (event.type === 'Reconnected' || event.type === 'Replayed')
      this.#ringer.catchUp(event.type === 'Replayed' || !event.extended || event.isNews === false);
    else if (event.type === 'Memo' && event.username !== this.#username)
      this.#ringer.heard(
        event,
        [this.#mentions, ...this.#words].some(one => one.isIn(event.content)),
      );
  }
}
