import { isatty } from 'node:tty';

/** With a terminal, SIGHUP says that it was closed; without one, that a program is to read its settings again. */
export const hasTerminal = [0, 1, 2].some(fd => isatty(fd));

/**
 * SIGHUP as a request, from the first moment on: where nobody listens to it, it ends the process, and a service manager takes
 * that for a stop in order.
 */
class Hangups {
  #isHeeded = false;
  #came = false;
  #answer: (() => void) | undefined;

  /** From here on it ends nothing. What comes before `call` is answered then, once. */
  heed(): void {
    if (this.#isHeeded) return;
    this.#isHeeded = true;
    process.on('SIGHUP', () => this.#take());
  }

  call(answer: () => void): void {
    this.heed();
    this.#answer = answer;
    if (this.#came) answer();
  }

  #take(): void {
    this.#came = true;
    this.#answer?.();
  }
}

export const hangups = new Hangups();
