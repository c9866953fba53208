// `just bench-restart`: a server is restarted under a room of a thousand that talks. How long until everybody is back, and what
// they notice of it. Three minutes.

import { type RestartOrder, restart } from '../test/support/restart.js';

const CLIENTS = Number(process.argv[2] ?? 1000);

/** All of them come from one address, which may not connect so often: the limits of those who are not on the machine. */
const LIMITED = ['--no-trust-loopback', '--max-connections-per-address', '10000'];
const FREE = ['--connect-rate', '0', '--join-rate', '0', '--total-join-rate', '0'];

const ROWS: Record<string, Partial<RestartOrder>> = {
  SIGTERM: {},
  'SIGTERM, TLS': { isEncrypted: true },
  'SIGTERM, from one address': { flags: LIMITED, flagsAtFirst: FREE },
  'SIGTERM, from one address, TLS': { flags: LIMITED, flagsAtFirst: FREE, isEncrypted: true },
  'SIGTERM, socket kept': { keepsSocket: true },
  'SIGTERM, socket kept, TLS': { keepsSocket: true, isEncrypted: true },
  SIGKILL: { signal: 'SIGKILL' },
  'SIGKILL, TLS': { signal: 'SIGKILL', isEncrypted: true },
};

const say = (cells: readonly (string | number)[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);

say([
  `${CLIENTS} clients`,
  'gone ms',
  'listening',
  'half back',
  'all back',
  'said',
  'wrong',
  'told',
  'lines',
]);
say(['---', ...Array.from({ length: 8 }, () => '---:')]);
let hasFailed = false;
for (const [title, order] of Object.entries(ROWS)) {
  if (process.argv[3] !== undefined && process.argv[3] !== title) continue;
  const result = await restart({ clients: CLIENTS, senders: 10, everyMs: 200, ...order });
  const { gone, listening, halfBack, back, said, lost, twice, disordered, presence, anew, lines } = result;
  const wrong = lost + twice + disordered + anew;
  hasFailed ||= wrong + presence > 0;
  const times = [gone, listening, halfBack, back].map(ms => ms.toFixed(0));
  say([title, ...times, said, wrong, presence, lines]);
}
process.exit(hasFailed ? 1 : 0);
