/** Longest wait for anything that a test awaits, in milliseconds: below mocha's own, so that this one speaks. */
const PATIENCE_MS = 8000;

/** Resolves when `condition` holds, looking again after each turn of the event loop; rejects when it never does. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${condition}`);
    await new Promise(resolve => setImmediate(resolve));
  }
}
