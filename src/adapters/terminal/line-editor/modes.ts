import type { Readable } from 'node:stream';
import { visible } from '../../view/visible.js';

const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';
/** Kitty's keyboard protocol: tells Shift-Enter from Enter (1), and of each key the Latin one at its place (4). */
const KEYS_ON = '\u001b[>5u';
const KEYS_OFF = '\u001b[<u';
/** The window's title: kept on a stack of the terminal's, and taken back from there. */
const TITLE_PUSH = '\u001b[22;2t';
const TITLE_POP = '\u001b[23;2t';
/** Tells when the person looks at this terminal, and when they do not. */
const FOCUS_ON = '\u001b[?1004h';
const FOCUS_OFF = '\u001b[?1004l';
/** No synchronized output, the cursor shown, no styling: whatever was being drawn. */
const PLAIN = '\u001b[?2026l\u001b[?25h\u001b[0m';

/** To `kill`: every process of this one's group. */
const WHOLE_JOB = 0;

/** How long a stop takes at most, in milliseconds; where nobody could continue the program, it is not stopped. */
const STOP_MS = 100;

/** Terminals that speak kitty's protocol; it is not tried on others, some of which would show it. */
const KNOWS_KITTY = /kitty|ghostty|foot|alacritty|wezterm|iterm/i;

/** Those of Node's process that the modes of a terminal depend on. */
export type Signals = Pick<NodeJS.Process, 'on' | 'off' | 'kill' | 'pid' | 'listenerCount'>;

interface RawInput extends Readable {
  setRawMode?(mode: boolean): unknown;
}

const DEADLY = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGALRM'] as const;

/**
 * The modes that a terminal is put into, and is brought back from in every way of ending but SIGKILL: close,
 * exit, a deadly signal, an exception, being stopped.
 */
export class Modes {
  readonly #on: string;
  readonly #off: string;
  readonly #hasTitle: boolean;
  #title = '';
  #isOn = false;
  #isOpen = false;

  constructor(
    private readonly input: RawInput,
    private readonly write: (text: string) => unknown,
    env: NodeJS.ProcessEnv,
    private readonly signals: Signals,
    /** Called before the terminal is given back, to tidy it up, and after it was taken again. */
    private readonly around: { leave(): void; resume(): void },
    /** Whether the terminal has a window with a title, that can be looked at or not. */
    hasWindow = false,
  ) {
    const hasKitty = KNOWS_KITTY.test(`${env.TERM} ${env.TERM_PROGRAM}`) && env.TMUX === undefined;
    this.#hasTitle = hasWindow;
    this.#on = (hasWindow ? TITLE_PUSH + FOCUS_ON : '') + (hasKitty ? PASTE_ON + KEYS_ON : PASTE_ON);
    this.#off =
      PLAIN + (hasWindow ? FOCUS_OFF + TITLE_POP : '') + (hasKitty ? KEYS_OFF + PASTE_OFF : PASTE_OFF);
  }

  /** Gives the window a title, until the terminal is given back. */
  setTitle(title: string): void {
    const safe = visible(title);
    if (!this.#hasTitle || !this.#isOn || safe === this.#title) return;
    this.#title = safe;
    this.write(`\u001b]2;${safe}\u001b\\`);
  }

  open(): void {
    this.#isOpen = true;
    this.#enter();
    this.signals.on('exit', this.#restore);
    this.signals.on('uncaughtExceptionMonitor', this.#restore);
    this.signals.on('SIGCONT', this.#resume);
    for (const signal of DEADLY) this.signals.on(signal, this.#die);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#restore();
    this.signals.off('exit', this.#restore);
    this.signals.off('uncaughtExceptionMonitor', this.#restore);
    this.signals.off('SIGCONT', this.#resume);
    for (const signal of DEADLY) this.signals.off(signal, this.#die);
  }

  /** Stops the program and its job (a shell or npx that waits for it), as Ctrl-Z does, and goes on when it is continued. */
  suspend(): void {
    if (process.platform === 'win32') return;
    this.#restore();
    setTimeout(() => {
      if (!this.#isOn) this.#resume();
    }, STOP_MS);
    this.signals.kill(WHOLE_JOB, 'SIGTSTP');
  }

  #enter(): void {
    this.#isOn = true;
    this.#title = '';
    this.input.setRawMode?.(true);
    this.write(this.#on);
  }

  readonly #restore = (): void => {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.around.leave();
    this.write(this.#off);
    try {
      this.input.setRawMode?.(false);
    } catch {
      // The terminal is gone, and its modes with it.
    }
  };

  /** After SIGSTOP the terminal was never given back, but the shell has set it as it likes. */
  readonly #resume = (): void => {
    if (!this.#isOpen) return;
    if (this.#isOn) this.write(this.#off);
    this.#enter();
    this.around.resume();
  };

  /** Gives the terminal back; then the signal does its work, unless somebody else takes care of that. */
  readonly #die = (signal: NodeJS.Signals): void => {
    const isCaredFor = this.signals.listenerCount(signal) > 1;
    this.close();
    if (!isCaredFor) this.signals.kill(this.signals.pid, signal);
  };
}
