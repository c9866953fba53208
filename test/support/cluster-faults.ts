import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterNode } from './cluster-nodes.js';
import type { NatsServer } from './nats-server.js';

/** By which a process knows that it has a network of its own. */
export const OWN_NETWORK = 'CHATTY_OWN_NETWORK';

/** Longest outages, in milliseconds: none as long as a message waits (ten seconds). */
const DOWN_MS = 1500;
const FROZEN_MS = 4000;
const CUT_MS = 5000;
/** After ten seconds a server sends its people elsewhere. */
const LONG_CUT_MS = 12_000;

interface Struck {
  readonly node: ClusterNode;
  readonly broker: NatsServer;
  /** Of the broker, as this node knows it: only this node uses it. */
  readonly brokerHost: string;
  readonly random: () => number;
}

/** Each resolves when everything is as before. */
const FAULTS: Readonly<Record<string, (struck: Struck) => Promise<unknown>>> = {
  'node killed': async ({ node, random }) => {
    await node.kill();
    await delay(random() * DOWN_MS);
    await node.start();
  },
  'node frozen': async ({ node, random }) => {
    node.freeze();
    await delay(random() * FROZEN_MS);
    node.thaw();
  },
  'broker killed': async ({ broker, random }) => {
    await broker.kill();
    await delay(random() * DOWN_MS);
    await broker.start();
  },
  'broker frozen': async ({ broker, random }) => {
    await broker.freeze();
    await delay(random() * FROZEN_MS);
    broker.thaw();
  },
  'node and broker killed': async ({ node, broker, random }) => {
    await Promise.all([node.kill(), broker.kill()]);
    await delay(random() * DOWN_MS);
    await broker.start();
    await node.start();
  },
};

/** Only where packets of this process and its children are nobody else's. */
const PARTITIONS: Readonly<Record<string, (struck: Struck) => Promise<unknown>>> = {
  'node cut off': struck => cut(struck, ['-d', '-s']),
  'node cut off for long': struck => cut(struck, ['-d', '-s'], LONG_CUT_MS),
  'node cut off, one way': struck => cut(struck, [struck.random() < 0.5 ? '-d' : '-s']),
};

/** Packets are dropped without a word: no connection ends by that. */
async function cut(
  { brokerHost, random }: Struck,
  ways: readonly string[],
  ms = random() * CUT_MS,
): Promise<void> {
  const rule = (verb: '-A' | '-D') => {
    for (const way of ways) execFileSync('iptables', ['-w', verb, 'INPUT', way, brokerHost, '-j', 'DROP']);
  };
  rule('-A');
  try {
    await delay(ms);
  } finally {
    rule('-D');
  }
}

export const hasOwnNetwork = () => process.env[OWN_NETWORK] !== undefined;

/** Strikes once, at random. @returns what it was */
export async function strike(struck: Struck): Promise<string> {
  const faults = Object.entries({ ...FAULTS, ...(hasOwnNetwork() ? PARTITIONS : {}) });
  const [name, fault] = faults[Math.floor(struck.random() * faults.length)] ?? ['', async () => {}];
  await fault(struck);
  return name;
}
