import type { Readable, Writable } from 'node:stream';
import { Output } from '../output.js';
import type { Tier } from './color.js';
import type { EditorOptions } from './editor.js';
import { Keyboard } from './keyboard.js';
import type { Key } from './keys.js';
import type { Size, View } from './layout.js';
import { Modes, type Signals } from './modes.js';
import { type Notification, notification } from './notification.js';
import { type InputEvents, PromptInput } from './prompt-input.js';
import { Screen } from './screen.js';
import { type ProbeTimes, reflowsRows } from './size-probe.js';
import type { Line, Span } from './spans.js';

const BELL = '\u0007';
/** Where the output does not know its size. */
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };
/** What a person does at the prompt, or its terminal. */
export interface LinePromptEvents extends InputEvents {
  /** Also the end of the input, or an output that cannot be written to any more. */
  ended(): void;
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
  readonly #input: PromptInput;
  readonly #screen: Screen;
  readonly #modes: Modes;
  readonly #output: Output;
  readonly #keyboard: Keyboard;
  #prompt: readonly Span[] = [{ text: '> ' }];
  #status: readonly Span[] | undefined;
  #above: readonly (readonly Span[])[] = [];
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
    this.#input = new PromptInput(
      {
        submitted: text => events.submitted(text),
        interrupted: isAgain => events.interrupted(isAgain),
        ended: () => this.#end(),
        refuses: text => events.refuses?.(text),
      },
      {
        ring: () => this.ring(),
        suspend: () => this.#modes.suspend(),
        clear: () => this.#screen.clear(),
        answered: spans => this.#screen.print([{ spans }]),
        columns: () => this.size.columns,
      },
      options,
    );
    this.#screen = new Screen(
      text => this.#output.write(text),
      () => this.size,
      { tier, reflows: reflowsRows(env), times, fold },
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
    return this.#input.text;
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
    this.#input.say(notice);
    this.#showSoon();
  }

  /** Scrolls everything printed out of sight. */
  clear(): void {
    this.#screen.clear();
  }

  /** What was entered at another time, oldest first: Up and Ctrl-R find it. */
  recall(entries: readonly string[]): void {
    this.#input.recall(entries);
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
    if (this.#input.offer(text)) this.#showSoon();
  }

  setPrompt(prompt: readonly Span[]): void {
    this.#prompt = prompt;
    this.#show();
  }

  /** Asks for one line, which stays on the screen with its question; nothing when there will be no answer. */
  ask(question: readonly Span[]): Promise<string | undefined> {
    if (this.#isClosed || this.#isEnded) return Promise.resolve(undefined);
    const answer = this.#input.ask(question);
    this.#show();
    return answer;
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
    this.#input.close();
  }

  readonly #onResize = (): void => {
    if (!this.#isAway) this.#screen.resized();
  };

  #end(): void {
    if (this.#isClosed || this.#isEnded) return;
    this.#isEnded = true;
    this.#input.close();
    this.events.ended();
  }

  #take(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#isClosed) return;
      if (key.type === 'position') this.#screen.located(key);
      else if (key.type === 'focus') this.events.focused?.(key.isHere);
      else this.#input.typed(key);
    }
    this.#show();
  }

  #show(): void {
    if (!this.#isClosed && !this.#isAway) this.#screen.show(this.#view());
  }

  #showSoon(): void {
    if (!this.#isClosed && !this.#isAway) this.#screen.showSoon(this.#view());
  }

  #view(): View {
    return { above: this.#above, ...this.#input.view(this.#prompt, this.#status) };
  }
}
