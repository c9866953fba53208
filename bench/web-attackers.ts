// What can be done to a server through the port of its page: in requests, and in frames.

import { type Attack, type Attacker, dial, keepFull } from './dial.js';
import { comesAgain } from './tls-attackers.js';
import { clientFrame, upgradeRequest } from './web-client.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const EMPTY = clientFrame('');
/** With nothing in it, either. */
const PING = Buffer.concat([Buffer.of(0x89), EMPTY.subarray(1)]);

/** Asks, and comes again when there is an answer, or none in time. */
function asks(request: string, patienceMs: number): Attack {
  return comesAgain(async (attacker: Attacker) => {
    const socket = dial(attacker);
    socket.write(request);
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.resume();
    if (request !== REQUEST) socket.once('data', () => socket.destroy());
    await new Promise(resolve => socket.once('close', resolve));
  });
}

/** Sends the same in a WebSocket without pause, and comes again when it is thrown out. @param joins as a member */
function sends(frame: Buffer, joins: boolean): Attack {
  return async attacker => {
    const again = () => {
      const socket = dial(attacker);
      socket.resume();
      socket.write(upgradeRequest('/chat'));
      if (joins)
        socket.write(clientFrame(JSON.stringify({ Join: { username: attacker.name(), history: 0 } })));
      socket.once('data', () => keepFull(socket, frame));
      socket.once('close', () => setTimeout(again, 20));
    };
    again();
  };
}

export const WEB_ATTACKS: Readonly<Record<string, Attack>> = {
  'requests for the page': asks(REQUEST, 60_000),
  'half requests': asks(REQUEST.slice(0, 20), 60_000),
  WebSockets: asks(upgradeRequest('/chat'), 60_000),
  'pings of WebSockets': sends(PING, true),
  'pings of strangers': sends(PING, false),
  'empty frames': sends(EMPTY, true),
  'messages in WebSockets': sends(clientFrame('{"Send":{"content":"flood"}}\n'), true),
};
