// One of the two processes of cluster-flood.ts.

import { once } from 'node:events';
import { parseConfig } from '../src/adapters/config/config.js';
import { ServerConfig } from '../src/adapters/config/server-config.js';
import { createServer } from '../src/container/server.js';
import { TOKENS } from '../src/container/tokens.js';
import type { FloodOrder } from './cluster-flood.js';

/** Most messages that were appended and are not recorded yet. */
const OUTSTANDING = 4000;
const CONTENT = 'x'.repeat(50);

const [{ history, room, folder, seconds }] = (await once(process, 'message')) as [FloodOrder];
const config = parseConfig(ServerConfig, { history, room, dataDir: folder, logLevel: 'silent' });
const log = (await createServer(config)).get(TOKENS.RoomLog);
const { lastSession } = await log.open();
let head = 0;
log.follow(batch => {
  head = batch.at(-1)?.seq ?? head;
});
const session = lastSession + 1;
await log.append({ type: 'UserJoined', session, username: `flood${session}` });
process.send?.('open');
await once(process, 'message');

let outstanding = 0;
const isOver = performance.now() + seconds * 1000;
const [from, began] = [head, performance.now()];
while (performance.now() < isOver) {
  while (outstanding < OUTSTANDING) {
    outstanding++;
    const said = log.append({ type: 'MessageSent', session, username: `flood${session}`, content: CONTENT });
    said.then(
      () => outstanding--,
      () => outstanding--,
    );
  }
  await new Promise(resolve => setImmediate(resolve));
}
// What both have put through it, as this one has read it.
process.send?.(((head - from) * 1000) / (performance.now() - began));
