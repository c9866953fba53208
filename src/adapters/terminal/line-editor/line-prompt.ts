import type { Readable, Writable } from 'node:stream';
import { Output } from '../output.js';
import type { Tier } from './color.js';
import { Editor, type EditorOptions } from './editor.js';
import { HistorySearch } from './history-search.js';
import { Keyboard } from './keyboard.js';
import type { Key, Typed } from './keys.js';
import type { Size, View } from './layout.js';
import { Modes, type Signals } from './modes.js';
import { type Notification, notification } from './notification.js';
import { PastedLines } from './pasted-lines.js';
import { Screen } from './screen.js';
import type { ProbeTimes } from './size-probe.js';
import type { Line, Span } from './spans.js';

const BELL = '\u0007';
/** Where the output does not know its size. */
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };
/** Terminals that leave their rows as they are when their width changes. */
const REFLOWS_NOT = /^(linux|screen|rxvt|st\b|st-|vt|dumb|cons|sun|aterm|eterm)/i;

/** Most candidates of a completion that are shown. */
const MAX_CANDIDATES = 20;

/** What a person does at the prompt. */
export interface LinePromptEvents {
  /** Enter: the text, possibly of several lines, possibly empty. */
  submitted(text: string): void;
  /** Ctrl-C with nothing typed; `isAgain` when the key before was that too. */
  interrupted(isAgain: boolean): void;
  /** Ctrl-D with nothing typed, the end of the input, or an output that cannot be written to any more. */
  ended(): void;
  /** Why a text cannot be submitted: it stays in the input then, and the reason is shown. Nothing when it can. */
  refuses?(text: string): string | undefined;
  /** The output cannot be written to any more. May be told while the prompt is being made. */
  broken?(): void;
  /** The person looks at this terminal, or at something else; not told by every terminal. */
  focused?(isHere: boolean): void;
}

export interface LinePromptOptions extends EditorOptions {
  readonly tier: Tier;
  readonly env?: NodeJS.ProcessEnv;
  readonly signals?: Signals;
  readonly times?: ProbeTimes;
  /** Makes of a line those that are printed of it; when it is printed, for that takes time. */
  readonly fold?: (line: Line) => readonly Line[];
  /** Whether the terminal has a window: it is given a title, and tells whether it is looked at. */
  readonly hasWindow?: boolean;
}

interface TerminalOutput extends Writable {
  readonly columns?: number;
  readonly rows?: number;
}

/**
 * A terminal with an input at its bottom that nothing tramples on: keys are echoed at once, lines are printed
 * above it once per turn of the event loop. Takes the terminal when it is made, and gives it back with `close`.
 */
export class LinePrompt {
  readonly #editor: Editor;
  readonly #screen: Screen;
  readonly #modes: Modes;
  readonly #output: Output;
  readonly #keyboard: Keyboard;
  #prompt: readonly Span[] = [{ text: '> ' }];
  #status: readonly Span[] | undefined;
  #above: readonly (readonly Span[])[] = [];
  #asking: { question: readonly Span[]; resolve(answer: string | undefined): void } | undefined;
  readonly #pasted = new PastedLines();
  /** Said in the status line until the next key. */
  #notice: string | undefined;
  #isInterrupted = false;
  /** While something that was entered before is looked for. */
  #search: HistorySearch | undefined;
  #isClosed = false;
  #isAway = false;
  #isEnded = false;

  constructor(
    input: Readable,
    private readonly stream: TerminalOutput,
    private readonly events: LinePromptEvents,
    {
      tier,
      env = process.env,
      signals = process,
      times,
      fold,
      hasWindow = false,
      ...options
    }: LinePromptOptions,
  ) {
    this.#output = new Output(stream, () => {
      this.#end();
      events.broken?.();
    });
    this.#editor = new Editor({
      ...options,
      complete: before => (this.#asking === undefined ? (options.complete?.(before) ?? []) : []),
    });
    const reflows =
      !(REFLOWS_NOT.test(env.TERM ?? '') && env.TMUX === undefined) && env.XTERM_VERSION === undefined;
    this.#screen = new Screen(
      text => this.#output.write(text),
      () => this.size,
      { tier, reflows, times, fold },
    );
    const around = {
      leave: () => {
        this.#isAway = true;
        this.#screen.leave();
      },
      resume: () => {
        this.#isAway = false;
        this.#show();
        this.#screen.reset();
      },
    };
    this.#modes = new Modes(input, text => this.#output.write(text), env, signals, around, hasWindow);
    this.#keyboard = new Keyboard(
      input,
      keys => this.#take(keys),
      () => this.#end(),
    );
    stream.on('resize', this.#onResize);
    this.#modes.open();
    this.#show();
  }

  /** What is being typed. */
  get text(): string {
    return this.#editor.text;
  }

  /**
   * Prints lines above the prompt before this turn of the event loop is over. Answers with a promise while the
   * terminal does not take any more, which resolves when it does.
   */
  print(lines: readonly Line[]): Promise<void> | undefined {
    if (!this.#isClosed) this.#screen.print(lines);
    return this.#screen.full;
  }

  /** Shows one line below the input; nothing takes it away. */
  setStatus(status: readonly Span[] | undefined): void {
    this.#status = status;
    this.#showSoon();
  }

  /** Shows lines between what is printed and the input, for as long as nobody sets others. */
  setAbove(lines: readonly (readonly Span[])[]): void {
    this.#above = lines;
    this.#showSoon();
  }

  /** Says something below the input until the next key. */
  say(notice: string): void {
    this.#notice = notice;
    this.#showSoon();
  }

  /** Scrolls everything printed out of sight. */
  clear(): void {
    this.#screen.clear();
  }

  /** What was entered at another time, oldest first: Up and Ctrl-R find it. */
  recall(entries: readonly string[]): void {
    this.#editor.recall(entries);
  }

  /** Gives the terminal's window a title; does nothing where it has none. */
  setTitle(title: string): void {
    if (!this.#isAway && !this.#isClosed) this.#modes.setTitle(title);
  }

  /** How large the screen is. */
  get size(): Size {
    const { columns, rows } = this.stream;
    // A terminal that does not know says 0.
    return { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
  }

  /** Puts a text into the input, unless something is being typed there or a question is open. */
  offer(text: string): void {
    if (this.#editor.text !== '' || this.#asking !== undefined) return;
    this.#editor.insert(text);
    this.#showSoon();
  }

  setPrompt(prompt: readonly Span[]): void {
    this.#prompt = prompt;
    this.#show();
  }

  /** Asks for one line, which stays on the screen with its question; nothing when there will be no answer. */
  ask(question: readonly Span[]): Promise<string | undefined> {
    if (this.#isClosed || this.#isEnded) return Promise.resolve(undefined);
    return new Promise(resolve => {
      this.#asking = { question, resolve };
      this.#show();
    });
  }

  /** Rings the terminal's bell. */
  ring(): void {
    this.#output.write(BELL);
  }

  /** Has the terminal tell a person who looks elsewhere; those that cannot do it pass it over. */
  notify(what: Notification): void {
    this.#output.write(notification(what));
  }

  /** Prints what is waiting, takes the prompt away and gives the terminal back. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#keyboard.close();
    this.stream.off('resize', this.#onResize);
    this.#modes.close();
    this.#asking?.resolve(undefined);
    this.#asking = undefined;
  }

  readonly #onResize = (): void => {
    if (!this.#isAway) this.#screen.resized();
  };

  #end(): void {
    if (this.#isClosed || this.#isEnded) return;
    this.#isEnded = true;
    this.#asking?.resolve(undefined);
    this.#asking = undefined;
    this.events.ended();
  }

  #take(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#isClosed) return;
      if (key.type === 'position') this.#screen.located(key);
      else if (key.type === 'focus') this.events.focused?.(key.isHere);
      else this.#typed(key);
    }
    this.#show();
  }

  #typed(key: Typed): void {
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
        if (isEmpty) this.#end();
        else this.#edit(name);
        break;
      case 'ctrl-r':
        if (this.#asking === undefined) this.#search = new HistorySearch(this.#editor.entered);
        break;
      case 'ctrl-z':
        this.#modes.suspend();
        break;
      case 'ctrl-l':
        this.#screen.clear();
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
    if (!this.#editor.insert(text)) this.ring();
  }

  /** With a question open, the first line answers it, and what follows it stays for afterwards. */
  #paste(text: string, isCut: boolean): void {
    const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
    const [first = '', ...rest] = this.#asking === undefined ? [lines] : lines.split('\n');
    if (isCut || !this.#editor.insert(first)) {
      this.#notice = 'Not pasted: that is too long.';
      this.ring();
    } else if (this.#asking === undefined) this.#pasted.add(lines.split('\n').length);
    else if (rest.length > 0) {
      this.#submit();
      this.#paste(rest.join('\n'), false);
    }
  }

  #submit(): void {
    this.#notice = this.#asking === undefined ? this.events.refuses?.(this.#editor.text) : undefined;
    if (this.#notice !== undefined) {
      this.ring();
      return;
    }
    this.#pasted.settle();
    const text = this.#editor.take(this.#asking === undefined);
    const asking = this.#asking;
    this.#asking = undefined;
    if (asking === undefined) this.events.submitted(text);
    else {
      this.#screen.print([{ spans: [...asking.question, { text }] }]);
      asking.resolve(text);
    }
  }

  #show(): void {
    if (!this.#isClosed && !this.#isAway) this.#screen.show(this.#view());
  }

  #showSoon(): void {
    if (!this.#isClosed && !this.#isAway) this.#screen.showSoon(this.#view());
  }

  #view(): View {
    const refusal = () => this.events.refuses?.(this.#editor.text);
    const notice = this.#pasted.isOpen ? this.#pasted.question(refusal(), this.size.columns) : this.#notice;
    const found = this.#search && (this.#search.match ?? '');
    return {
      above: this.#above,
      prompt: this.#search ? bold(this.#search.prompt) : (this.#asking?.question ?? this.#prompt),
      text: found ?? this.#editor.text,
      cursor: found?.length ?? this.#editor.cursor,
      status: notice === undefined ? (this.#candidates() ?? this.#status) : bold(notice),
    };
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
