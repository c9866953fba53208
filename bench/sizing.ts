// `just sizing`: what rooms of several sizes take of a machine, as a table for docs/running.md.

import { measure } from './measure.js';
import { CHATTY, ENCRYPTED } from './servers.js';

/** Members, and messages a second of all of them together. */
const ROOMS = [
  [10, 1],
  [100, 5],
  [100, 50],
  [1000, 10],
  [1000, 50],
  [10_000, 2],
] as const;
const SECONDS = Number(process.argv[2] ?? 20);

const say = (text: string) => process.stdout.write(`${text}\n`);

say('| members | messages a second | | CPU, of one core | MiB | p50 ms | p99 ms | lost |');
say('|---|---|---|---|---|---|---|---|');
for (const [clients, rate] of ROOMS) {
  for (const kind of [CHATTY, ENCRYPTED]) {
    const workload = {
      name: `${clients}`,
      title: '',
      clients,
      senders: Math.min(clients, 10),
      rate,
      seconds: SECONDS,
    };
    try {
      const { cpuSeconds, seconds, residentMiB, p50, p99, lost } = await measure(kind, workload);
      const cpu = `${((cpuSeconds / seconds) * 100).toFixed(1)} %`;
      const times = [p50, p99].map(us => (us / 1000).toFixed(1)).join(' | ');
      const way = kind === ENCRYPTED ? 'TLS' : 'plain';
      say(`| ${clients} | ${rate} | ${way} | ${cpu} | ${residentMiB.toFixed(0)} | ${times} | ${lost} |`);
    } catch (error) {
      say(
        `| ${clients} | ${rate} | ${kind.name} | not measured: ${error instanceof Error ? error.message : error} |`,
      );
    }
  }
}
