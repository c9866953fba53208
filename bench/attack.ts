// `just attack`: what fifty members notice who say one message a second, while others misuse the server. Three minutes.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHATTY, LIMITED, RunningServer } from './servers.js';

let rounds = 0;

/** What a connection sends without pause. */
export const ATTACKS: Readonly<Record<string, string>> = {
  Ping: '{"Ping":1}\n',
  'History 200': '{"History":{"ref":"r","limit":200}}\n',
  Search: '{"Search":{"ref":"r","words":"a","limit":200}}\n',
  Who: '{"Who":{"ref":"r"}}\n',
  messages: '{"Send":{"content":"flood"}}\n',
  'refused messages': `{"Send":{"content":"${'\\u0001'.repeat(100)}"}}\n`,
  'refused joins': '{"Join":{"username":"again"}}\n',
  'blank lines': '\n',
};

const HONEST = 50;
const PIECE = 64 * 1024;
const NAMES = 'abcdefghijklmnopqrstuvwxyz';

export interface AttackOrder {
  readonly port: number;
  readonly attack: string;
  readonly attackers: number;
  readonly seconds: number;
  readonly honest?: number;
}

/** Times from saying to hearing, in milliseconds. */
export interface AttackResult {
  readonly p50: number;
  readonly p99: number;
  readonly said: number;
  readonly lost: number;
}

/** A member who has joined, and is told of each line. */
async function member(port: number, name: string, onText: (text: string) => void): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  socket.write(`${JSON.stringify({ Join: { username: name, history: 0 } })}\n`);
  const answer = await new Promise<string>(resolve => {
    socket.once('data', chunk => resolve(String(chunk)));
  });
  if (!answer.includes('"Joined"')) throw new Error(`${name}: ${answer}`);
  socket.on('data', chunk => onText(String(chunk)));
  return socket;
}

/** Keeps the line full, as far as the server reads. */
function flood(socket: Socket, command: string): void {
  const piece = Buffer.from(command.repeat(Math.ceil(PIECE / command.length)));
  const pump = () => {
    if (!socket.destroyed) socket.write(piece, pump);
  };
  pump();
}

/** Lets honest members talk while others flood, and tells what the first of them hears of the others. */
export async function attack(order: AttackOrder): Promise<AttackResult> {
  const { port, attackers, seconds, honest = HONEST } = order;
  // Those of the round before are still expected back.
  const round = rounds++;
  const nameOf = (kind: string, n: number) => `${kind}-${NAMES[n % 26]}${NAMES[round % 26]}${n}`;
  const saidAt = new Map<string, number>();
  const took: number[] = [];
  let rest = '';
  const hear = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, id = ''] = /"content":"m(\d+)"/.exec(line) ?? [];
      const at = saidAt.get(id);
      if (at !== undefined) took.push(performance.now() - at);
      saidAt.delete(id);
    }
  };
  const members: Socket[] = [];
  for (let n = 0; n < honest; n++)
    members.push(await member(port, nameOf('honest', n), n === 0 ? hear : () => {}));
  const others: Socket[] = [];
  for (let n = 0; n < attackers; n++) others.push(await member(port, nameOf('flood', n), () => {}));
  for (const socket of others) flood(socket, ATTACKS[order.attack] ?? order.attack);
  let said = 0;
  const speakers = members.slice(1);
  const endsAt = performance.now() + seconds * 1000;
  while (performance.now() < endsAt) {
    const id = String(++said);
    saidAt.set(id, performance.now());
    speakers[said % speakers.length]?.write(`{"Send":{"ref":"${id}","content":"m${id}"}}\n`);
    await new Promise(resolve => setTimeout(resolve, 1000 / speakers.length));
  }
  await new Promise(resolve => setTimeout(resolve, 500));
  for (const socket of [...members, ...others]) socket.destroy();
  took.sort((one, other) => one - other);
  const at = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), said, lost: saidAt.size };
}

/** Says so many messages, so that there is a history to ask for. */
async function seed(port: number, messages: number): Promise<void> {
  const socket = await member(port, 'seeder', () => {});
  const line = (n: number) => `{"Send":{"content":"message ${n} about a thing and another"}}\n`;
  for (let n = 0; n < messages; n += 1000) {
    const piece = Array.from({ length: 1000 }, (_, k) => line(n + k)).join('');
    await new Promise(resolve => socket.write(piece, resolve));
  }
  await new Promise(resolve => setTimeout(resolve, 3000));
  socket.destroy();
}

async function main(): Promise<void> {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  say('| attack | members | p50 | p99 | messages said | lost |');
  say('|---|---|---|---|---|---|');
  const folder = mkdtempSync(join(tmpdir(), 'chatty-attack-'));
  const seeded = await RunningServer.start(CHATTY, folder);
  await seed(seeded.port, 60_000);
  await seeded.stop();
  const server = await RunningServer.start(LIMITED, folder);
  const order = { port: server.port, seconds: 8 };
  const row = async (name: string, attackers: number) => {
    const { p50, p99, said, lost } = await attack({ ...order, attack: name, attackers });
    say(`| ${name} | ${attackers} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${said} | ${lost} |`);
  };
  await row('none', 0);
  for (const name of Object.keys(ATTACKS)) for (const attackers of [1, 20]) await row(name, attackers);
  await server.stop();
  rmSync(folder, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
