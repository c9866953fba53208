import type { OutgoingMessage } from '../../application/chat-request.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { LineQueue } from './line-queue.js';
import { commandsIn, readTyped, type TypedLine, type ViewLine } from './slash-commands.js';

/** A text, and what it means. */
interface Typed {
  readonly text: string;
  readonly line: TypedLine;
}

/** What a person types at a prompt: read once, and kept until it is asked for. */
export class TypedInput {
  /** Most bytes of a message, in UTF-8. */
  maxMessageBytes = Number.POSITIVE_INFINITY;
  readonly #queue = new LineQueue<Typed>();
  #last: Typed = { text: '', line: readTyped('') };

  /** @param answer told what is no command */
  constructor(private readonly answer: (line: ViewLine) => void) {}

  get isEnded(): boolean {
    return this.#queue.isEnded;
  }

  /** Why a text cannot be submitted; nothing when it can. */
  refusal(text: string): string | undefined {
    const { line } = this.#read(text);
    if (line.type !== 'send') return undefined;
    const over = Buffer.byteLength(line.message.content) - this.maxMessageBytes;
    return over > 0 ? `Too long by ${over} bytes: shorten it` : undefined;
  }

  /** Keeps a text. The bell changes at once, whatever the conversation waits for. */
  submit(text: string): void {
    const typed = this.#read(text);
    if (typed.line.type === 'bell') this.answer(typed.line);
    else this.#queue.add(typed);
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
    if (this.#last.text !== text) this.#last = { text, line: readTyped(text) };
    return this.#last;
  }
}
