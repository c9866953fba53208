import { Editor, type EditorOptions } from './editor.js';
import { HistorySearch } from './history-search.js';
import type { Typed } from './keys.js';
import type { View } from './layout.js';
import { PastedLines } from './pasted-lines.js';
import type { Span } from './spans.js';

/** Most candidates of a completion that are shown. */
const MAX_CANDIDATES = 20;

/** What a person does at the input. */
export interface InputEvents {
  /** Enter: the text, possibly of several lines, possibly empty. */
  submitted(text: string): void;
  /** Ctrl-C with nothing typed; `isAgain` when the key before was that too. */
  interrupted(isAgain: boolean): void;
  /** Ctrl-D with nothing typed. */
  ended(): void;
  /** Why a text cannot be submitted: it stays in the input then, and the reason is shown. Nothing when it can. */
  refuses?(text: string): string | undefined;
}

/** What the input has the terminal do. */
export interface InputTerminal {
  ring(): void;
  suspend(): void;
  /** Scrolls everything printed out of sight. */
  clear(): void;
  /** A question was answered: both stay on the screen. */
  answered(row: readonly Span[]): void;
  /** How wide it is. */
  columns(): number;
}

/** What a person types, from the first key to Enter: editing, pasting, looking for what was entered before, answering. */
export class PromptInput {
  readonly #editor: Editor;
  readonly #pasted = new PastedLines();
  #asking: { question: readonly Span[]; resolve(answer: string | undefined): void } | undefined;
  /** Said in the status line until the next key. */
  #notice: string | undefined;
  #isInterrupted = false;
  /** While something that was entered before is looked for. */
  #search: HistorySearch | undefined;

  constructor(
    private readonly events: InputEvents,
    private readonly terminal: InputTerminal,
    options: EditorOptions,
  ) {
    this.#editor = new Editor({
      ...options,
      complete: before => (this.#asking === undefined ? (options.complete?.(before) ?? []) : []),
    });
  }

  /** What is being typed. */
  get text(): string {
    return this.#editor.text;
  }

  /** Says something below the input until the next key. */
  say(notice: string): void {
    this.#notice = notice;
  }

  /** What was entered at another time, oldest first: Up and Ctrl-R find it. */
  recall(entries: readonly string[]): void {
    this.#editor.recall(entries);
  }

  /** Puts a text into the input; false where something is being typed, or a question is open. */
  offer(text: string): boolean {
    if (this.#editor.text !== '' || this.#asking !== undefined) return false;
    this.#editor.insert(text);
    return true;
  }

  /** Asks for one line; nothing when there will be no answer. */
  ask(question: readonly Span[]): Promise<string | undefined> {
    return new Promise(resolve => {
      this.#asking = { question, resolve };
    });
  }

  /** There will be no answer. */
  close(): void {
    this.#asking?.resolve(undefined);
    this.#asking = undefined;
  }

  /** What is seen of it. */
  view(prompt: readonly Span[], status: readonly Span[] | undefined): Omit<View, 'above'> {
    const refusal = () => this.events.refuses?.(this.#editor.text);
    const question = () => this.#pasted.question(refusal(), this.terminal.columns());
    const notice = this.#pasted.isOpen ? question() : this.#notice;
    const found = this.#search && (this.#search.match ?? '');
    return {
      prompt: this.#search ? bold(this.#search.prompt) : (this.#asking?.question ?? prompt),
      text: found ?? this.#editor.text,
      cursor: found?.length ?? this.#editor.cursor,
      status: notice === undefined ? (this.#candidates() ?? status) : bold(notice),
    };
  }

  typed(key: Typed): void {
    this.#notice = undefined;
    const wasInterrupted = this.#isInterrupted;
    this.#isInterrupted = false;
    if (this.#search !== undefined && this.#look(this.#search, key)) return;
    if (key.type === 'text') this.#insert(key.text);
    else if (key.type === 'paste') this.#paste(key.text, key.cut);
    else if (key.name === 'ctrl-c') this.#interrupt(wasInterrupted);
    else this.#press(key.name);
  }

  /** A key while something is looked for; whether that is all that it means. */
  #look(search: HistorySearch, key: Typed): boolean {
    const outcome = search.take(key);
    if (outcome !== 'goes on') this.#search = undefined;
    if (outcome === 'found' && search.match !== undefined) this.#editor.replaceAll(search.match);
    return outcome !== 'found';
  }

  /** What is typed is put aside; with nothing typed, it is the person who is meant. */
  #interrupt(isAgain: boolean): void {
    this.#pasted.settle();
    if (this.#editor.text !== '') this.#editor.abandon();
    else {
      this.#isInterrupted = true;
      this.events.interrupted(isAgain || this.#asking !== undefined);
    }
  }

  #press(name: string): void {
    const isEmpty = this.#editor.text === '';
    switch (name) {
      case 'enter':
      case 'ctrl-m':
      case 'ctrl-j':
        this.#submit();
        break;
      case 'ctrl-d':
        if (isEmpty) this.events.ended();
        else this.#edit(name);
        break;
      case 'ctrl-r':
        if (this.#asking === undefined) this.#search = new HistorySearch(this.#editor.entered);
        break;
      case 'ctrl-z':
        this.terminal.suspend();
        break;
      case 'ctrl-l':
        this.terminal.clear();
        break;
      case 'escape':
        for (let piece = 0; piece < this.#pasted.pieces; piece++) this.#editor.undo();
        this.#pasted.settle();
        break;
      case 'newline':
        if (this.#asking === undefined) this.#edit(name);
        break;
      default:
        this.#edit(name);
    }
  }

  /** Any key that edits takes the paste for one's own text: there is no more question about it. */
  #edit(name: string): void {
    if (this.#editor.press(name)) this.#pasted.settle();
  }

  #insert(text: string): void {
    this.#pasted.settle();
    if (!this.#editor.insert(text)) this.terminal.ring();
  }

  /** With a question open, the first line answers it, and what follows it stays for afterwards. */
  #paste(text: string, isCut: boolean): void {
    const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
    const [first = '', ...rest] = this.#asking === undefined ? [lines] : lines.split('\n');
    if (isCut || !this.#editor.insert(first)) {
      this.#notice = 'Not pasted: that is too long.';
      this.terminal.ring();
    } else if (this.#asking === undefined) this.#pasted.add(lines.split('\n').length);
    else if (rest.length > 0) {
      this.#submit();
      this.#paste(rest.join('\n'), false);
    }
  }

  #submit(): void {
    this.#notice = this.#asking === undefined ? this.events.refuses?.(this.#editor.text) : undefined;
    if (this.#notice !== undefined) {
      this.terminal.ring();
      return;
    }
    this.#pasted.settle();
    const text = this.#editor.take(this.#asking === undefined);
    const asking = this.#asking;
    this.#asking = undefined;
    if (asking === undefined) this.events.submitted(text);
    else {
      this.terminal.answered([...asking.question, { text }]);
      asking.resolve(text);
    }
  }

  /** What Tab goes through, from the one that is in the text on. */
  #candidates(): Span[] | undefined {
    const { candidates, at } = this.#editor.completion;
    if (candidates.length < 2) return undefined;
    const shown = candidates.slice(Math.max(0, at), Math.max(0, at) + MAX_CANDIDATES);
    return shown.map((candidate, index) => ({
      text: `${index === 0 ? '' : '  '}${candidate.trim()}`,
      style: index === 0 ? { bold: true } : { dim: true },
    }));
  }
}

function bold(text: string): Span[] {
  return [{ text, style: { bold: true } }];
}
