// What a member, or somebody who is not in the room, can do to the others. As a program of its own, which gets what time the
// others leave, so that it is the server that is measured, and not how fast one attacks.

import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Attack, dial, keepFull, type Way } from './dial.js';
import { TLS_ATTACKS } from './tls-attackers.js';
import { WEB_ATTACKS } from './web-attackers.js';

/** Grows eighteen times as long when it is folded. */
const GROWING = 'ﷺ';

/** A member who has joined, as soon as they may, and may listen to what is said. */
export async function member(way: Way, name: string, onText?: (text: string) => void): Promise<Socket> {
  const socket = dial(way);
  socket.write(`${JSON.stringify({ Join: { username: name, history: 0 } })}\n`);
  const answer = await new Promise<string>(resolve => {
    socket.once('data', chunk => resolve(String(chunk)));
    socket.once('close', () => resolve('hung up'));
  });
  const [, retryAfterMs] = /"retryAfterMs":(\d+)/.exec(answer) ?? [];
  if (retryAfterMs !== undefined) {
    socket.destroy();
    await new Promise(resolve => setTimeout(resolve, Number(retryAfterMs)));
    return member(way, name, onText);
  }
  if (!answer.includes('"Joined"')) throw new Error(`${name}: ${answer}`);
  if (onText === undefined) socket.resume();
  else socket.on('data', chunk => onText(String(chunk)));
  return socket;
}

/** A member sends the same without pause. */
function says(command: string): Attack {
  return async attacker => {
    keepFull(await member(attacker, attacker.name()), command);
  };
}

/** Somebody who has not joined sends the same without pause, and comes again when they are thrown out. */
function comesWith(lines: string): Attack {
  return async attacker => {
    const again = () => {
      const socket = dial(attacker);
      socket.resume();
      socket.once('connect', () => keepFull(socket, lines));
      socket.once('close', () => setImmediate(again));
    };
    again();
  };
}

/** Comes in and leaves, as often as it can, on so many connections at a time. */
function comesAndGoes(connections: number): Attack {
  return async attacker => {
    const again = () => {
      const socket = dial(attacker);
      const name = JSON.stringify(attacker.name());
      socket.resume();
      socket.write(`{"Join":${name}}\n{"Leave":${name}}\n`);
      // Where it may not come in, it does not leave either.
      socket.setTimeout(50, () => socket.destroy());
      socket.once('close', () => setImmediate(again));
    };
    for (let n = 0; n < connections; n++) again();
  };
}

/** Takes its session up from elsewhere, over and over, and has missed everything each time. */
const comesBack: Attack = async attacker => {
  const name = attacker.name();
  const resume = `a token of ${name}, long enough`;
  let attempt = 0;
  let epoch = '';
  const again = () => {
    const socket = dial(attacker);
    const missed = epoch === '' ? {} : { since: 1, epoch };
    socket.write(`${JSON.stringify({ Join: { username: name, resume, attempt: ++attempt, ...missed } })}\n`);
    socket.on('data', (chunk: Buffer) => {
      if (epoch === '') epoch = /"epoch":"([^"]+)"/.exec(String(chunk))?.[1] ?? '';
    });
    socket.once('data', () => setTimeout(again, 20));
    socket.once('close', () => {
      if (socket.bytesRead === 0) setTimeout(again, 20);
    });
  };
  again();
};

/** So many connections that say nothing, and come again. */
function isSilent(connections: number): Attack {
  return async attacker => {
    const again = () => {
      const socket = dial(attacker);
      socket.resume();
      socket.once('close', () => setTimeout(again, 1000));
    };
    for (let n = 0; n < connections; n++) {
      again();
      if (n % 100 === 99) await new Promise(resolve => setTimeout(resolve, 10));
    }
  };
}

export interface SlowReader {
  /** Reads as fast as it can from now on. */
  hurry(): void;
}

/** A member who reads 3 MiB a second, at most. */
export function readsSlowly(socket: Socket): SlowReader {
  socket.pause();
  const timer = setInterval(() => socket.resume(), 20);
  const onData = () => socket.pause();
  socket.on('data', onData);
  const hurry = () => {
    clearInterval(timer);
    socket.off('data', onData);
    socket.resume();
  };
  socket.once('close', hurry);
  return { hurry };
}

const TEXT = 'x'.repeat(4000);

export const ATTACKS: Readonly<Record<string, Attack>> = {
  Ping: says('{"Ping":1}\n'),
  'History 200': says('{"History":{"ref":"r","limit":200}}\n'),
  Search: says('{"Search":{"ref":"r","words":"a","limit":200}}\n'),
  Who: says('{"Who":{"ref":"r"}}\n'),
  messages: says('{"Send":{"content":"flood"}}\n'),
  'messages of 4 KB': says(`{"Send":{"content":"${TEXT}"}}\n`),
  'refused messages': says(`{"Send":{"content":"${'\\u0001'.repeat(100)}"}}\n`),
  'refused messages of 8 KB': says(`{"Send":{"content":"${'x'.repeat(8000)}"}}\n`),
  'messages that grow': says(`{"Send":{"content":"${GROWING.repeat(1300)}","username":"${GROWING}"}}\n`),
  'refused joins': says('{"Join":{"username":"again"}}\n'),
  'blank lines': says('\n'),
  'names that grow': comesWith(`{"Join":"${GROWING.repeat(2600)}"}\n`),
  'messages of strangers': comesWith(`{"Send":{"content":"${GROWING.repeat(1300)}"}}\n`),
  'nested arrays': comesWith(`{"Join":${'['.repeat(4000)}${']'.repeat(4000)}}\n`),
  'nested objects': comesWith(`{"Join":${'{"a":'.repeat(1300)}1${'}'.repeat(1300)}}\n`),
  'coming and going': comesAndGoes(20),
  'coming back': comesBack,
  'silent connections': isSilent(500),
  ...TLS_ATTACKS,
  ...WEB_ATTACKS,
};

/** So many attack one server. */
export interface Onslaught extends Way {
  readonly attack: string;
  readonly attackers: number;
  /** What their names begin with. */
  readonly prefix: string;
  /** Whether each has an address of their own: `from` is what it begins with. */
  readonly isSpread?: boolean;
}

/** Starts them all; resolves once they are there. They are gone when the process is killed. */
export async function unleash(onslaught: Onslaught): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(onslaught)]);
  await new Promise(resolve => {
    child.once('message', resolve);
    child.once('exit', resolve);
  });
  return child;
}

async function main({ attack, attackers, prefix, isSpread, ...way }: Onslaught): Promise<void> {
  setPriority(19);
  let names = 0;
  const name = () => `${prefix}${names++}`;
  for (let n = 0; n < attackers; n++) {
    const from = isSpread ? { from: `${way.from}${n + 1}` } : {};
    await ATTACKS[attack]?.({ ...way, ...from, name });
  }
  process.send?.('there');
}

const [, program, onslaught] = process.argv;
if (program === fileURLToPath(import.meta.url)) await main(JSON.parse(onslaught ?? ''));
