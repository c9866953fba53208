// `just fixture NAME`: keeps a data folder as the server of today leaves it, for the servers of later versions to be tested with. See
// CONTRIBUTING.md. `node dist/scripts/fixture.js NAME node /of/another/version/bin/run.js` has it written by another one; with
// `KILL=1` the server is killed instead of stopped, and leaves its journal.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Program, ROOT } from '../test/support/cli.js';
import { pack } from '../test/support/data-fixtures.js';
import { play } from '../test/support/scene.js';

const [, , name = '', ...given] = process.argv;
if (!/^[\w.-]+$/.test(name)) throw new Error('Give the fixture a name: the version, such as 0.1.0.');
const [command = '', ...args] = given.length > 0 ? given : [process.execPath, join(ROOT, 'bin/run.js')];

const version =
  execFileSync(command, [...args, '--version'], { encoding: 'utf8' })
    .trim()
    .split(' ')[0] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'chatty-fixture-'));
const run = [...args, 'server:start', '--port', '0', '--data-dir', folder];
const server = Program.start(command, run);
try {
  await server.says('chatty listens on');
  await delay(500); // what it says of operators, if it knows any, comes after that
  const port = Number(/port (\d+)/.exec(server.stdout)?.[1]);
  const scene = await play(port, version, /\/operator (\S+)/.exec(server.stdout)?.[1]);
  if (process.env.KILL === undefined) await server.signal('SIGTERM').exit();
  else await server.kill();
  pack(name, folder, scene);
  process.stdout.write(`${name}: ${scene.messages.length} messages, ${readdirSync(folder).join(' ')}\n`);
} finally {
  await server.kill();
  rmSync(folder, { recursive: true });
}
