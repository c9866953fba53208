import type { Writable } from 'node:stream';

/** What Node has for a terminal; undocumented, and so looked for. */
interface TerminalOutput {
  readonly _handle?: { setBlocking?(isBlocking: boolean): unknown } | null;
}

/**
 * A terminal that takes no more (Ctrl-S, a selection, a line of SSH that hangs) holds up a process that writes to it: Node waits
 * until all is written. Of a log nothing is worth that, so it waits in this process, as for any other reader.
 */
export function unblocked<T extends Writable>(output: T): T {
  (output as TerminalOutput)._handle?.setBlocking?.(false);
  return output;
}
