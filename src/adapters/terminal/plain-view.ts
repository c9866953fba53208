import type { Readable, Writable } from 'node:stream';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { Bell } from '../../application/client/preferences.js';
import { eventText } from './event-text.js';
import { Lines } from './input-lines.js';
import { Mentions } from './mentions.js';
import { Output } from './output.js';
import { comingsText, Presence } from './presence.js';
import { bellCommand, Ringer } from './ringer.js';
import { visible } from './visible.js';

const BELL = '\u0007';

export interface PlainSettings {
  readonly bell?: Bell;
  /** Told when the person has chosen another one. */
  onBell?(bell: Bell): void;
}

/**
 * A person at a terminal that can do nothing but print, or whose screen is read to them: whole lines, no prompt that
 * is drawn again, no color, no movement of the cursor. The terminal itself edits the line and echoes it.
 */
export class PlainView implements ChatView {
  readonly style = 'talk';
  readonly #output: Output;
  readonly #lines: Lines;
  readonly #ringer: Ringer;
  readonly #presence = new Presence(comings => this.#say(`--- ${visible(comingsText(comings))} ---`));
  readonly interrupted: Promise<void>;
  #username = '';
  #mentions = new Mentions('');

  constructor(
    input: Readable,
    output: Writable,
    private readonly settings: PlainSettings = {},
  ) {
    this.#lines = new Lines(input);
    this.interrupted = this.#lines.closed;
    this.#output = new Output(output, () => this.close());
    this.#ringer = new Ringer(settings.bell ?? 'off', 'off', {
      ring: () => this.#output.write(BELL),
      notify: () => {},
    });
  }

  ask(question: string): Promise<string | undefined> {
    this.#output.write(question);
    return this.#lines.next();
  }

  async *lines(): AsyncIterable<string> {
    for await (const line of this.#lines.rest()) {
      const command = bellCommand(line, this.#ringer.bell);
      if (command === undefined) yield line;
      else {
        if (command.bell !== undefined) {
          this.#ringer.bell = command.bell;
          this.settings.onBell?.(command.bell);
        }
        this.#say(command.text);
      }
    }
  }

  show(event: ClientEvent): Promise<void> | undefined {
    if (event.type === 'Memo' && (event.kind === 'joined' || event.kind === 'left')) {
      this.#presence.add(event.kind, event.username, event.at ?? 0);
      return undefined;
    }
    this.#presence.flush();
    this.#listen(event);
    const text = eventText(event, this.style);
    return text === undefined ? undefined : this.#say(text);
  }

  close(): void {
    this.#presence.close();
    this.#lines.close();
  }

  #say(text: string): Promise<void> | undefined {
    return this.#output.write(`${text}\n`);
  }

  #listen(event: ClientEvent): void {
    if (event.type === 'Welcome') {
      this.#username = event.username;
      this.#mentions = new Mentions(event.username);
    } else if (event.type === 'Back' || event.type === 'CaughtUp')
      this.#ringer.catchUp(event.type === 'CaughtUp' || !event.extended);
    else if (event.type === 'Memo' && event.username !== this.#username)
      this.#ringer.heard(event, this.#mentions.isIn(event.content));
  }
}
