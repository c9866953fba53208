// `just fuzz`: one target after the other, each with a seed of its own, until the time is over or something does not hold.

import fc from 'fast-check';
import { TARGETS } from './fuzz/targets.js';

const [name = 'all', minutes = '5', given] = process.argv.slice(2);
const until = performance.now() + Number(minutes) * 60_000;
const say = (text: string) => process.stdout.write(`${text}\n`);

/** How many times as much as in `npm test` one round is. */
const ROUND = 10;

const chosen = Object.entries(TARGETS).filter(([target]) => name === 'all' || target === name);
if (chosen.length === 0) {
  say(`There is no target ${name}. There are: ${Object.keys(TARGETS).join(', ')}.`);
  process.exitCode = 2;
}

do
  for (const [target, { property, runs }] of chosen) {
    const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
    const numRuns = runs * ROUND;
    const found = await fc.check(property, {
      numRuns,
      seed,
      interruptAfterTimeLimit: Math.max(1000, until - performance.now()),
    });
    say(`${target}: seed ${seed}, ${found.numRuns} inputs`);
    if (!found.failed || found.counterexample === null) continue;
    say(`${fc.defaultReportMessage(found)}\nAgain: just fuzz ${target} 1 ${seed}`);
    process.exit(1);
  }
while (chosen.length > 0 && given === undefined && performance.now() < until);
process.exit();
