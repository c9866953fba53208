// `just attack`: what fifty members notice who say one message a second, while others misuse the server. Ten minutes, on Linux.

import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ATTACKS, member, readsSlowly, type SlowReader, unleash } from './attackers.js';
import { CHATTY, LIMITED, LIMITED_BUT_JOINS, RunningServer, type ServerKind } from './servers.js';
import { WEB_ATTACKS } from './web-attackers.js';

const HONEST = 50;
const NAMES = 'abcdefghijkmnopqrstuvwxyz';

let rounds = 0;

export interface AttackOrder {
  readonly port: number;
  /** That of the page, for those who come through it. */
  readonly webPort?: number | undefined;
  readonly attack: string;
  readonly attackers: number;
  readonly seconds: number;
  readonly honest?: number;
  /** So many more members, who read slowly. */
  readonly slow?: number;
  /** Whether everybody has an address of their own, but the attackers one in common. */
  readonly apart?: boolean;
  /** Whether the attackers have addresses of their own as well. */
  readonly spread?: boolean;
}

/** Times in milliseconds. */
export interface AttackResult {
  /** From saying to hearing. */
  readonly p50: number;
  readonly p99: number;
  readonly said: number;
  readonly lost: number;
  /** How long it takes to come in meanwhile, connecting included, at worst. */
  readonly newcomerMs: number;
  /** How many lines of others, a second, each of the honest has to read. */
  readonly othersLines: number;
  /** How many of those who read slowly were dropped. */
  readonly dropped: number;
}

/** Lets honest members talk while others attack, and tells what the first of them hears of the others. */
export async function attack(order: AttackOrder): Promise<AttackResult> {
  const { port, attackers, seconds, honest = HONEST, slow = 0, apart = false, spread = false } = order;
  // Those of the round before are still expected back.
  const round = NAMES[rounds++ % NAMES.length];
  const nameOf = (kind: string, n: number) => `${kind}-${NAMES[n % NAMES.length]}${round}${n}`;
  const address = (net: number, n: number) => (apart ? { from: `127.0.${net}.${n + 1}` } : {});
  const saidAt = new Map<string, number>();
  const took: number[] = [];
  let rest = '';
  let others = 0;
  const hear = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, id = ''] = /"content":"m(\d+)"/.exec(line) ?? [];
      const at = saidAt.get(id);
      if (at !== undefined) took.push(performance.now() - at);
      else others++;
      saidAt.delete(id);
    }
  };
  const members: Socket[] = [];
  for (let n = 0; n < honest; n++) {
    const way = { port, ...address(1, n) };
    members.push(await member(way, nameOf('honest', n), n === 0 ? hear : undefined));
  }
  let dropped = 0;
  const slowOnes: SlowReader[] = [];
  for (let n = 0; n < slow; n++) {
    const socket = await member({ port, ...address(3, n) }, nameOf('slow', n));
    slowOnes.push(readsSlowly(socket));
    socket.once('close', () => dropped++);
    members.push(socket);
  }
  const prefix = `flood-${round}`;
  const place = spread ? { from: `127.2.${rounds}.`, isSpread: true } : address(2, rounds);
  const isWeb = order.attack in WEB_ATTACKS;
  const at = { ...place, port: (isWeb && order.webPort) || port };
  const onslaught = await unleash({ ...at, attack: order.attack, attackers, prefix });
  let [said, newcomerMs, newcomers] = [0, 0, 0];
  const newcomer = async () => {
    const began = performance.now();
    const n = newcomers++;
    const socket = await member({ port, ...address(4, n) }, nameOf('new', n));
    newcomerMs = Math.max(newcomerMs, performance.now() - began);
    socket.end(`{"Leave":"${nameOf('new', n)}"}\n`);
  };
  const speakers = members.slice(1, honest);
  const began = performance.now();
  others = 0;
  while (performance.now() < began + seconds * 1000) {
    const id = String(++said);
    saidAt.set(id, performance.now());
    speakers[said % speakers.length]?.write(`{"Send":{"ref":"${id}","content":"m${id}"}}\n`);
    if (said % speakers.length === 0)
      newcomer().catch(() => {
        newcomerMs = Number.POSITIVE_INFINITY;
      });
    await new Promise(resolve => setTimeout(resolve, 1000 / speakers.length));
  }
  const othersLines = others / ((performance.now() - began) / 1000);
  await new Promise(resolve => setTimeout(resolve, 500));
  onslaught.kill('SIGKILL');
  // Who is no longer a member learns it when they have read what was said before.
  for (const one of slowOnes) one.hurry();
  await new Promise(resolve => setTimeout(resolve, slow > 0 ? 3000 : 0));
  const result = { said, lost: saidAt.size, newcomerMs, othersLines, dropped };
  for (const socket of members) socket.destroy();
  took.sort((one, other) => one - other);
  const after = (part: number) =>
    took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? Number.NaN;
  return { ...result, p50: after(0.5), p99: after(0.99) };
}

/** Says so many messages, so that there is a history to ask for. */
async function seed(port: number, messages: number): Promise<void> {
  const socket = await member({ port }, 'seeder');
  const line = (n: number) => `{"Send":{"content":"message ${n} about a thing and another"}}\n`;
  for (let n = 0; n < messages; n += 1000) {
    const piece = Array.from({ length: 1000 }, (_, k) => line(n + k)).join('');
    await new Promise(resolve => socket.write(piece, resolve));
  }
  await new Promise(resolve => setTimeout(resolve, 3000));
  socket.destroy();
}

const say = (text: string) => process.stdout.write(`${text}\n`);

interface Row extends Omit<AttackOrder, 'port' | 'webPort' | 'seconds'> {
  readonly title?: string;
}

/** A server of its own for these rows, with a history. */
async function measure(kind: ServerKind, folder: string, rows: readonly Row[]): Promise<void> {
  const server = await RunningServer.start(kind, folder);
  for (const { title, ...row } of rows) {
    const result = await attack({ port: server.port, webPort: server.webPort, seconds: 8, ...row });
    const { p50, p99, newcomerMs, othersLines, said, lost, dropped } = result;
    const times = `${p50.toFixed(1)} | ${p99.toFixed(1)} | ${newcomerMs.toFixed(0)}`;
    const rss = server.residentMiB.toFixed(0);
    const counts = `${othersLines.toFixed(0)} | ${rss} | ${said} | ${lost}${row.slow ? `, ${dropped} dropped` : ''}`;
    say(`| ${title ?? row.attack} | ${row.attackers} | ${times} | ${counts} |`);
    // Whoever was thrown out is forgotten meanwhile.
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
  await server.stop();
}

async function main(only: readonly string[]): Promise<void> {
  const isWanted = ({ attack, title = attack }: Row) => only.length === 0 || only.includes(title);
  say('| attack | by | p50 | p99 | coming in | lines of others/s | MiB | messages said | lost |');
  say('|---|---|---|---|---|---|---|---|---|');
  const folder = mkdtempSync(join(tmpdir(), 'chatty-attack-'));
  const seeded = await RunningServer.start(CHATTY, folder);
  await seed(seeded.port, 60_000);
  await seeded.stop();
  const limited = Object.keys(ATTACKS).flatMap(attack => [
    { attack, attackers: 1, apart: true },
    { attack, attackers: 20, apart: true, spread: true },
  ]);
  const none = { attack: 'none', attackers: 0 };
  const isCrowd = ({ attack }: Row) => attack === 'coming and going';
  const others = [{ ...none, apart: true }, ...limited.filter(row => !isCrowd(row))];
  await measure(LIMITED_BUT_JOINS, folder, others.filter(isWanted));
  await measure(LIMITED, folder, limited.filter(isCrowd).filter(isWanted));
  const slow = (attack: string, attackers: number) => ({
    title: '30 slow readers',
    attack,
    attackers,
    slow: 30,
    honest: 70,
  });
  const trusted = [
    slow('none', 0),
    slow('messages', 1),
    slow('messages', 20),
    slow('messages of 4 KB', 1),
    slow('messages of 4 KB', 20),
    { title: '10,000 silent connections', attack: 'silent connections', attackers: 20 },
  ];
  await measure(CHATTY, folder, trusted.filter(isWanted));
  rmSync(folder, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
