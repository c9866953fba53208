import type { Readable, Writable } from 'node:stream';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { Bell } from '../../application/client/preferences.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { eventText } from './event-text.js';
import { foldText } from './fold-text.js';
import { InputLines } from './input-lines.js';
import { Mentions } from './mentions.js';
import { Output } from './output.js';
import { Presence, presenceText } from './presence.js';
import { Ringer } from './ringer.js';
import { commandsIn, readTyped } from './slash-commands.js';
import type { ViewLine } from './typed-line.js';
import { isWorded, replyToTyped } from './view-replies.js';
import { visible } from './visible.js';

const BELL = '\u0007';

export interface PlainSettings {
  readonly bell?: Bell;
  /** How wide the rows are that the person sees; nothing where that is not known. */
  readonly columns?: () => number | undefined;
  /** Told when the person has chosen another one. */
  readonly onBell?: (bell: Bell) => void;
}

/**
 * A person at a terminal that can do nothing but print, or whose screen is read to them: whole lines, no prompt that
 * is drawn again, no color, no movement of the cursor. The terminal itself edits the line and echoes it.
 */
export class PlainView implements ChatView {
  readonly isInteractive = true;
  readonly #output: Output;
  readonly #lines: InputLines;
  readonly #ringer: Ringer;
  readonly #columns: () => number | undefined;
  readonly #presence = new Presence(change => this.#say(`--- ${visible(presenceText(change))} ---`));
  readonly interrupted: Promise<void>;
  #username = '';
  #mentions = new Mentions('');

  constructor(
    input: Readable,
    output: Writable,
    { bell = 'off', columns = () => undefined, onBell }: PlainSettings = {},
  ) {
    this.#columns = columns;
    this.#lines = new InputLines(input);
    this.interrupted = this.#lines.closed;
    this.#output = new Output(output, () => this.close());
    this.#ringer = new Ringer(bell, 'off', {
      ring: () => this.#output.write(BELL),
      notify: () => {},
      onBell,
    });
  }

  ask(question: string): Promise<string | undefined> {
    this.#output.write(question);
    return this.#lines.next();
  }

  commands(): AsyncIterable<UserCommand> {
    return commandsIn(
      this.#lines.rest(),
      text => readTyped(text),
      line => this.#answer(line),
    );
  }

  show(event: ClientEvent): Promise<void> | undefined {
    if (event.type === 'Memo' && (event.kind === 'joined' || event.kind === 'left')) {
      this.#presence.add(event.kind, event.username, event.at ?? 0);
      return undefined;
    }
    this.#presence.flush();
    this.#listen(event);
    const text = eventText(event, '/');
    return text === undefined ? undefined : this.#say(text);
  }

  close(): void {
    this.#presence.close();
    this.#lines.close();
  }

  #answer(line: ViewLine): void {
    if (line.type === 'choice' && line.name === 'bell') this.#say(this.#ringer.choose(line.choice));
    else if (isWorded(line)) this.#say(replyToTyped(line));
  }

  #say(text: string): Promise<void> | undefined {
    return this.#output.write(`${foldText(text, this.#columns())}\n`);
  }

  #listen(event: ClientEvent): void {
    if (event.type === 'Welcome') {
      this.#username = event.username;
      this.#mentions = new Mentions(event.username);
    } else if (event.type === 'Reconnected' || event.type === 'Replayed')
      this.#ringer.catchUp(event.type === 'Replayed' || !event.extended);
    else if (event.type === 'Memo' && event.username !== this.#username)
      this.#ringer.heard(event, this.#mentions.isIn(event.content));
  }
}
