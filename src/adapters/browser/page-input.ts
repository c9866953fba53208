import type { ChatRequest } from '../../application/chat-request.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { TypedInput } from '../view/typed-input.js';
import type { ViewLine } from '../view/typed-line.js';

/** Events that answer what was asked. */
const ANSWERS: readonly ClientEvent['type'][] = [
  ...(['Users', 'Keys', 'Moderated', 'Bans', 'History', 'Found', 'Unanswered'] as const),
];

/** What the page itself asks, and what becomes of it. */
interface Question {
  readonly command: UserCommand;
  readonly settle: (answer: ClientEvent | undefined) => void;
}

/** Everything that goes from the page to the conversation, one after the other: what is typed, and what the page asks. */
export class PageInput {
  readonly #typed: TypedInput;
  #questions: Question[] = [];
  /** What the conversation is at. */
  #current: UserCommand | undefined;

  /** @param answer told what is no command */
  constructor(answer: (line: ViewLine) => void) {
    this.#typed = new TypedInput(answer);
    this.#typed.style = 'slash';
  }

  set maxMessageBytes(bytes: number) {
    this.#typed.maxMessageBytes = bytes;
  }

  /** Why a text cannot be submitted; nothing when it can. */
  refusal(text: string): string | undefined {
    return this.#typed.refusal(text);
  }

  submit(text: string): void {
    this.#typed.submit(text);
  }

  add(command: UserCommand): void {
    this.#typed.add(command);
  }

  /** Asks the room; resolves to the answer, a refusal, or that there was none. Nobody is shown it. */
  ask(request: ChatRequest): Promise<ClientEvent | undefined> {
    return new Promise(settle => {
      const command: UserCommand = { type: 'request', request };
      this.#questions.push({ command, settle });
      this.#typed.add(command);
    });
  }

  /** Whether an event answers what the page has asked: then it is not for the person. */
  take(event: ClientEvent): boolean {
    const question = this.#questions.find(({ command }) => command === this.#current);
    const isAnswer =
      ANSWERS.includes(event.type) || (event.type === 'Refused' && event.content === undefined);
    if (question === undefined || !isAnswer) return false;
    this.#settle(question, event);
    return true;
  }

  /** Every command; what is asked is answered before the next one is taken. */
  async *commands(): AsyncGenerator<UserCommand> {
    for await (const command of this.#typed.commands()) {
      this.#current = command;
      yield command;
      this.#current = undefined;
      const question = this.#questions.find(one => one.command === command);
      if (question !== undefined) this.#settle(question, undefined);
    }
    this.#drop();
  }

  end(): void {
    this.#typed.end();
    this.#drop();
  }

  #drop(): void {
    for (const question of [...this.#questions]) this.#settle(question, undefined);
  }

  #settle(question: Question, answer: ClientEvent | undefined): void {
    this.#questions = this.#questions.filter(one => one !== question);
    question.settle(answer);
  }
}
