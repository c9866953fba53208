// What a member, or somebody who is not in the room, can do to the others: each way starts, and is cut by its sockets.

import { connect, type Socket } from 'node:net';

const PIECE = 64 * 1024;

/** Grows eighteen times as long when it is folded. */
const GROWING = 'ﷺ';

/** Where a socket is, and where it goes. */
export interface Way {
  readonly port: number;
  /** The address of this machine from which it comes. */
  readonly from?: string;
}

/** Somebody who attacks: number `n` of them, with a name that nobody else has each time it is asked. */
export interface Attacker extends Way {
  readonly n: number;
  name(): string;
  /** Cut at the end. */
  readonly sockets: Set<Socket>;
  isOver(): boolean;
}

export type Attack = (attacker: Attacker) => Promise<void>;

export function dial({ port, from }: Way, sockets?: Set<Socket>): Socket {
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    ...(from !== undefined && { localAddress: from }),
  });
  socket.on('error', () => {});
  sockets?.add(socket);
  socket.once('close', () => sockets?.delete(socket));
  return socket;
}

/** A member who has joined, and is told of each line. */
export async function member(way: Way, name: string, onText: (text: string) => void): Promise<Socket> {
  const socket = dial(way);
  socket.write(`${JSON.stringify({ Join: { username: name, history: 0 } })}\n`);
  const answer = await new Promise<string>(resolve => {
    socket.once('data', chunk => resolve(String(chunk)));
    socket.once('close', () => resolve('hung up'));
  });
  if (!answer.includes('"Joined"')) throw new Error(`${name}: ${answer}`);
  socket.on('data', chunk => onText(String(chunk)));
  return socket;
}

/** Keeps the line full, as far as the server reads. */
function keepFull(socket: Socket, command: string): void {
  const piece = Buffer.from(command.repeat(Math.ceil(PIECE / command.length)));
  const pump = () => {
    if (!socket.destroyed) socket.write(piece, pump);
  };
  pump();
}

/** A member sends the same without pause. */
function says(command: string): Attack {
  return async attacker => {
    const socket = await member(attacker, attacker.name(), () => {});
    attacker.sockets.add(socket);
    keepFull(socket, command);
  };
}

/** Somebody who has not joined sends the same without pause, and comes again when they are thrown out. */
function comesWith(lines: string): Attack {
  return async attacker => {
    const again = () => {
      if (attacker.isOver()) return;
      const socket = dial(attacker, attacker.sockets);
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
      if (attacker.isOver()) return;
      const socket = dial(attacker, attacker.sockets);
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

/** So many connections that say nothing, and come again. */
function isSilent(connections: number): Attack {
  return async attacker => {
    const again = () => {
      if (attacker.isOver()) return;
      const socket = dial(attacker, attacker.sockets);
      socket.resume();
      socket.once('close', () => setTimeout(again, 1000));
    };
    for (let n = 0; n < connections; n++) {
      again();
      if (n % 100 === 99) await new Promise(resolve => setTimeout(resolve, 10));
    }
  };
}

/** A member who reads 64 KiB a second, at most. */
export function readsSlowly(socket: Socket): void {
  socket.pause();
  const timer = setInterval(() => socket.resume(), 1000);
  socket.on('data', () => socket.pause());
  socket.once('close', () => clearInterval(timer));
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
  'nested arrays': comesWith(`{"Join":${'['.repeat(4000)}${']'.repeat(4000)}}\n`),
  'nested objects': comesWith(`{"Join":${'{"a":'.repeat(1300)}1${'}'.repeat(1300)}}\n`),
  'coming and going': comesAndGoes(20),
  'silent connections': isSilent(500),
};
