import { constants } from 'node:os';

/** What ends a client from outside. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal leaves in order, the next one ends at once.
 * @param leave whatever it does, the exit code is that of the signal
 * @param left resolves when the person leaves by themselves: a signal after that is not the first
 * @returns the exit code, once there was a signal: it wins over every other one
 */
export function leaveAtSignals(leave: () => void, left?: Promise<void>): () => number | undefined {
  let isLeaving = false;
  let exit: number | undefined;
  void left?.then(() => {
    isLeaving = true;
  });
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const code = 128 + constants.signals[signal];
      if (isLeaving) process.exit(code);
      isLeaving = true;
      exit = code;
      leave();
    });
  }
  return () => exit;
}
