import type { UserCommand } from '../../application/client/user-command.js';
import type { Ringer } from '../view/ringer.js';
import { beginsWithSend } from '../view/slash-commands.js';
import type { ViewLine } from '../view/typed-line.js';
import type { Choices } from '../view/view-choices.js';
import type { FoundMessages } from './found-messages.js';
import type { LinePrompt } from './line-editor/line-prompt.js';
import type { Line } from './line-editor/spans.js';
import type { TallMessages } from './tall-messages.js';
import { plain, type Transcript } from './transcript.js';
import { isWorded, replyToTyped } from './view-replies.js';

/** What a view answers with. */
export interface AnswerParts {
  readonly prompt: LinePrompt;
  readonly transcript: Transcript;
  readonly tall: TallMessages;
  readonly choices: Choices;
  readonly found: FoundMessages;
  readonly ringer: Ringer;
}

/** What is told of the answers. */
export interface AnswerEvents {
  print(lines: readonly Line[]): void;
  /** Asks the room, as if it had been typed. */
  ask(command: UserCommand): void;
  /** Something was chosen. */
  chosen(): void;
}

/** What a person types at a prompt that concerns only what they see: help, choices, what was found or folded. */
export class PromptAnswers {
  #hasSendHint = false;

  constructor(
    private readonly parts: AnswerParts,
    private readonly events: AnswerEvents,
  ) {}

  answer(line: ViewLine): void {
    const { prompt, choices, ringer } = this.parts;
    if (isWorded(line)) {
      const { columns } = prompt.size;
      this.events.print(plain(replyToTyped(line, { hasKeys: true, columns })));
    } else if (line.type === 'clear') prompt.clear();
    else if (line.type === 'around') this.#around(line.which);
    else if (line.type === 'deleteHit') this.#deleteHit(line.which);
    else if (line.type === 'expand') this.#expand();
    else if (line.type === 'choice') {
      const { name, choice } = line;
      const words = name === 'bell' ? ringer.choose(choice) : choices.choose(name, choice);
      this.events.chosen();
      this.#notice(words);
    }
  }

  /** Not everybody knows that `send` is a command: once, they are told what has happened to the word. */
  hintAtSend(text: string): void {
    if (this.#hasSendHint || this.parts.choices.hasCommandStyle || !beginsWithSend(text)) return;
    this.#hasSendHint = true;
    this.#notice(
      '"send" is a command: what follows it is said. /commands slash says such lines as they stand, /commands words keeps it so.',
    );
  }

  /** Asks for what was said before and after a message that was found. */
  #around(which: number): void {
    const { found } = this.parts;
    const seq = found.seqOf(which);
    if (seq === undefined) this.#notice(`There is no #${which}: /search first.`);
    else this.events.ask({ type: 'request', request: found.around(seq) });
  }

  #deleteHit(which: number): void {
    const seq = this.parts.found.seqOf(which);
    if (seq === undefined) this.#notice(`There is no #${which}: /search first.`);
    else this.events.ask({ type: 'request', request: { type: 'moderate', action: 'delete', seq } });
  }

  #expand(): void {
    const line = this.parts.tall.expand();
    if (line === undefined) this.#notice('Nothing that was shown here is folded.');
    else this.parts.prompt.print([{ ...line, isWhole: true }]);
  }

  #notice(text: string): void {
    this.events.print(this.parts.transcript.notice(text));
  }
}
