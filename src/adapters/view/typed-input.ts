import type { OutgoingMessage } from '../../application/chat-request.js';
import type { CommandStyle } from '../../application/client/preferences.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { utf8Bytes } from '../../domain/chat-message.js';
import { LineQueue } from './line-queue.js';
import { commandsIn, readTyped } from './slash-commands.js';
import type { TypedLine, ViewLine } from './typed-line.js';
import { wordsFor } from './typed-replies.js';

/** A text, and what it means. */
interface Typed {
  readonly text: string;
  readonly style?: CommandStyle;
  readonly line: TypedLine;
}

/** What needs no turn. */
const AT_ONCE: readonly TypedLine['type'][] = ['choice', 'clear', 'expand'];

/** What a person types at a prompt: read once, and kept until it is asked for. */
export class TypedInput {
  /** Which lines are commands. */
  style: CommandStyle = 'words';
  /** Most bytes of a message, in UTF-8. */
  maxMessageBytes = Number.POSITIVE_INFINITY;
  readonly #queue = new LineQueue<Typed>();
  #last: Typed = { text: '', style: 'words', line: { type: 'nothing' } };

  /** @param answer told what is no command */
  constructor(private readonly answer: (line: ViewLine) => void) {}

  get isEnded(): boolean {
    return this.#queue.isEnded;
  }

  /** Why a text cannot be submitted; nothing when it can. A mistake stays where it can be corrected. */
  refusal(text: string): string | undefined {
    const { line } = this.#read(text);
    if (line.type === 'unknown' || line.type === 'wrong') return wordsFor(line);
    if (line.type !== 'send') return undefined;
    const over = utf8Bytes(line.message.content) - this.maxMessageBytes;
    return over > 0 ? `Too long by ${over} bytes: shorten it` : undefined;
  }

  /** Keeps a text. What concerns the view alone is answered at once, whatever the conversation waits for. */
  submit(text: string): void {
    const typed = this.#read(text);
    if (AT_ONCE.includes(typed.line.type)) this.answer(typed.line as ViewLine);
    else this.#queue.add(typed);
  }

  /** Keeps a command as if it had been typed. */
  add(line: UserCommand): void {
    if (line.type !== 'invalid') this.#queue.add({ text: '', line });
  }

  /** What was entered to be said, and nobody has asked for yet; oldest first. */
  get waiting(): readonly OutgoingMessage[] {
    return this.#queue.lines.flatMap(({ line }) => (line.type === 'send' ? [line.message] : []));
  }

  /** The oldest text that was typed ahead, if there is one. */
  takeText(): string | undefined {
    return this.#queue.take()?.text;
  }

  /** Every command, as it is asked for, to the end. */
  commands(): AsyncIterable<UserCommand> {
    return commandsIn(this.#queue.rest(), ({ line }) => line, this.answer);
  }

  /** What was typed before is still given out. */
  end(): void {
    this.#queue.end();
  }

  /** A prompt asks about a text before it submits it. */
  #read(text: string): Typed {
    const { style } = this;
    if (this.#last.text !== text || this.#last.style !== style)
      this.#last = { text, style, line: readTyped(text, style) };
    return this.#last;
  }
}
