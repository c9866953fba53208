import type { Readable, Writable } from 'node:stream';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { eventText } from '../view/event-text.js';
import { commandsIn } from '../view/slash-commands.js';
import type { ViewLine } from '../view/typed-line.js';
import { foldText } from './fold-text.js';
import { InputLines } from './input-lines.js';
import { Output } from './output.js';
import { readScriptLine } from './script-line.js';
import { isWorded, replyToScript } from './view-replies.js';

/**
 * A program or a file at the other end of a pipe: no prompt, no editing, and every line is a command. Rows are only
 * broken where it is known that somebody looks at them, and how wide they are.
 */
export class PipeView implements ChatView {
  readonly isInteractive = false;
  readonly #output: Output;
  readonly #lines: InputLines;
  readonly interrupted: Promise<void>;

  constructor(
    input: Readable,
    output: Writable,
    private readonly columns: () => number | undefined = () => undefined,
  ) {
    this.#lines = new InputLines(input);
    this.interrupted = this.#lines.closed;
    this.#output = new Output(output, () => this.close());
  }

  ask(question: string): Promise<string | undefined> {
    this.#output.write(question);
    return this.#lines.next();
  }

  commands(): AsyncIterable<UserCommand> {
    return commandsIn(this.#lines.rest(), readScriptLine, line => this.#answer(line));
  }

  show(event: ClientEvent): Promise<void> | undefined {
    const text = eventText(event);
    return text === undefined ? undefined : this.#output.write(`${foldText(text, this.columns())}\n`);
  }

  close(): void {
    this.#lines.close();
  }

  #answer(line: ViewLine): void {
    if (isWorded(line)) this.#output.write(`${replyToScript(line)}\n`);
  }
}
