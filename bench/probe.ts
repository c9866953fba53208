// Is loaded into a server that is watched, before its own modules: tells its parent what only the process itself knows.
// The parent asks with `{ collect }`; so nothing is measured in between.

import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;

export interface ProbeQuestion {
  /** Whether garbage is collected first; needs `--expose-gc`. */
  readonly collect: boolean;
}

/** MiB, and milliseconds since the question before. */
export interface ProbeAnswer {
  readonly heapMiB: number;
  readonly handles: number;
  readonly loopMaxMs: number;
}

const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
loop.enable();

process.on('message', ({ collect }: ProbeQuestion) => {
  const loopMaxMs = Math.max(0, loop.max / 1e6 - RESOLUTION_MS);
  if (collect) globalThis.gc?.();
  const heapMiB = process.memoryUsage().heapUsed / 2 ** 20;
  const answer: ProbeAnswer = { heapMiB, handles: process.getActiveResourcesInfo().length, loopMaxMs };
  process.send?.(answer);
  loop.reset();
});
process.channel?.unref();
