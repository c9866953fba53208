// What can be done to a server before a byte of the wire is spoken, by what encryption costs it.

import { duplexPair } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { type Attack, type Attacker, dial } from './dial.js';

/** How many connections one has at a time. */
const CONNECTIONS = 20;

/** What a client of TLS says first: to say it again costs an attacker nothing, and the server a signature. */
function clientHello(): Promise<Buffer> {
  const [here, there] = duplexPair();
  connect({ socket: here, minVersion: 'TLSv1.3', rejectUnauthorized: false }).on('error', () => {});
  return new Promise(resolve => there.once('data', (chunk: Buffer) => resolve(chunk)));
}

/** Does this with a connection, and comes again when it is over. */
export function comesAgain(begin: (attacker: Attacker) => Promise<void>): Attack {
  return async attacker => {
    const again = async () => {
      await begin(attacker);
      setImmediate(again);
    };
    for (let n = 0; n < CONNECTIONS; n++) void again();
  };
}

/** Says so much of it, and hangs up when there is an answer, or none in time. */
function says(part: (hello: Buffer) => Buffer, patienceMs: number): Attack {
  let hello: Promise<Buffer> | undefined;
  return comesAgain(async attacker => {
    hello ??= clientHello();
    const words = part(await hello);
    const socket = dial(attacker);
    socket.write(words);
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.once('data', () => socket.destroy());
    await new Promise(resolve => socket.once('close', resolve));
  });
}

const wholeHandshake = comesAgain(async attacker => {
  const socket: TLSSocket = connect({ socket: dial(attacker), rejectUnauthorized: false });
  socket.on('error', () => {});
  socket.once('secureConnect', () => socket.destroy());
  await new Promise(resolve => socket.once('close', resolve));
});

export const TLS_ATTACKS: Readonly<Record<string, Attack>> = {
  'half handshakes': says(hello => hello.subarray(0, 100), 60_000),
  'first words of handshakes': says(hello => hello, 2000),
  handshakes: wholeHandshake,
};
