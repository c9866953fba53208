// `just chaos`: one run after the other, each with a seed of its own, until the time is over or something was lost.

import { chaos } from './support/chaos.js';

const minutes = Number(process.argv[2] ?? 5);
const until = performance.now() + minutes * 60_000;
const say = (text: string) => process.stdout.write(`${text}\n`);

while (performance.now() < until && process.exitCode === undefined) {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const { faults, reconnects, accepted, history, problems } = await chaos({
    seed,
    clients: 20,
    messages: 300,
    kills: 25,
  });
  say(
    `seed ${seed}: ${accepted} accepted, ${history} recorded, ${reconnects} reconnects, ${JSON.stringify(faults)}: ${problems.length === 0 ? 'nothing lost' : ''}`,
  );
  for (const problem of problems) say(`  ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}
