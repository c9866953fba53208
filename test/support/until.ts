/** Longest wait for anything that a test awaits, in milliseconds: below mocha's own, so that this one speaks. */
const PATIENCE_MS = 30_000;
/** After so many turns of the event loop it is another process that we wait for: it can use the processor. */
const QUICK_TURNS = 100;

/** The real one, also while a test has a clock of its own. */
const { setTimeout: later } = globalThis;

/** Resolves when `condition` holds, looking again and again; rejects when it never does. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let turn = 0; !(await condition()); turn++) {
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${condition}`);
    await new Promise<void>(resolve => {
      if (turn < QUICK_TURNS) setImmediate(resolve);
      else later(resolve, 1);
    });
  }
}
