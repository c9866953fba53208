// `just chaos-cluster`: one run of half a minute after the other, each with a seed of its own, until the time is over or something is
// wrong. `node dist/test/chaos-cluster.js 1 SEED` repeats the faults of one, though never their very moments.

import { spawnSync } from 'node:child_process';
import { clusterChaos } from './support/cluster-chaos.js';
import { hasOwnNetwork, OWN_NETWORK } from './support/cluster-faults.js';

const RUN_SECONDS = 30;

const [minutes = 5, given] = process.argv.slice(2).map(Number);
const say = (text: string) => process.stdout.write(`${text}\n`);

if (!hasOwnNetwork() && canHaveOwnNetwork()) process.exit(inOwnNetwork());
if (!hasOwnNetwork()) say('without partitions: no network of its own can be had here (unshare, iptables)');

const end = performance.now() + minutes * 60_000;
do {
  const seed = given ?? Math.floor(Math.random() * 2 ** 32);
  const left = Math.max(1, (end - performance.now()) / 1000);
  const seconds = Math.min(RUN_SECONDS, left);
  say(`seed ${seed}`);
  const options = { seed, seconds, talkers: 8, listeners: 4, log: (line: string) => say(`  ${line}`) };
  const { problems, ...found } = await clusterChaos(options);
  say(`seed ${seed}: ${JSON.stringify(found)} ${problems.length === 0 ? 'nothing is wrong' : ''}`);
  for (const problem of problems.slice(0, 50)) say(`  WRONG ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
} while (performance.now() < end && process.exitCode === undefined);

/** Whose packets can be dropped without anybody else noticing. */
function canHaveOwnNetwork(): boolean {
  if (process.platform !== 'linux') return false;
  return spawnSync('unshare', [...unshared(), 'iptables', '-w', '-L', 'INPUT', '-n']).status === 0;
}

function inOwnNetwork(): number {
  const command = [
    'sh',
    '-c',
    'ip link set lo up && exec "$@"',
    'sh',
    process.execPath,
    ...process.argv.slice(1),
  ];
  const { status } = spawnSync('unshare', [...unshared(), ...command], {
    stdio: 'inherit',
    env: { ...process.env, [OWN_NETWORK]: '1' },
  });
  return status ?? 1;
}

function unshared(): string[] {
  return process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net'];
}
