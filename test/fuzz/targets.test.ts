import fc from 'fast-check';
import { TARGETS } from './targets.js';

/** The longest that a target may take here, in milliseconds: `just fuzz` takes longer. */
const TIME_MS = 15_000;

describe('whatever comes from outside', function () {
  this.timeout(4 * TIME_MS);

  for (const [name, { property, runs }] of Object.entries(TARGETS))
    it(`what is promised of ${name} holds`, async () => {
      await fc.assert(property, { numRuns: runs, interruptAfterTimeLimit: TIME_MS });
    });
});
