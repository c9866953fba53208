import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../test/support/cli.js';
import { seeded } from '../test/support/random.js';
import { Film } from './film.js';
import { Pane } from './pane.js';
import { story } from './story.js';
import { columnsOver, drawFilm, placed } from './svg.js';

const SCREEN = { columns: 54, rows: 14 };
const SERVER_ROWS = 5;
const PICTURE = join(ROOT, 'docs/demo.svg');
const TITLE =
  'carl and david talk in two terminals. The server is killed, what they type meanwhile is kept, the server is started again, and the conversation is complete.';

/** A port that is free: the server is to come back on it, so that it cannot be left to the server. */
async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
  });
  return promise;
}

const folder = mkdtempSync(join(tmpdir(), 'chatty-demo-'));
const chatty = join(folder, 'chatty');
writeFileSync(chatty, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin/run.js')}' "$@"\n`);
chmodSync(chatty, 0o755);

const env = {
  ...{ PATH: `${folder}:${process.env.PATH}`, HISTFILE: '/dev/null', COLORTERM: '' },
  ...{ TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', TZ: 'UTC', CI: '' },
  ...{ CHATTY_DATA_DIR: join(folder, 'data'), TCP_SERVER_PORT: String(await freePort()) },
};
const random = seeded(1);
const pane = (title: string, size: { columns: number; rows: number }) =>
  new Pane({ title, ...size, env, random });
const carl = pane('carl', SCREEN);
const david = pane('david', SCREEN);
const anna = pane('anna', SCREEN);
const server = pane('the server', { columns: columnsOver([SCREEN, SCREEN]), rows: SERVER_ROWS });
const film = new Film([carl, david, server]);
try {
  const stillMs = await story(film, { server, carl, david, anna });
  const svg = drawFilm(film, placed([carl, david], server), TITLE, stillMs);
  writeFileSync(PICTURE, svg);
  // With a file name, every state of the screens as text: to look at what the picture shows.
  const [, , transcript] = process.argv;
  if (transcript !== undefined) writeFileSync(transcript, film.transcript.join('\n'));
  const seconds = (film.lengthMs / 1000).toFixed(1);
  process.stdout.write(`${PICTURE}: ${seconds} s, ${Math.ceil(svg.length / 1000)} kB\n`);
} finally {
  film.end();
  await Promise.all([carl, david, anna, server].map(one => one.close()));
  rmSync(folder, { recursive: true, force: true });
}
