import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { everyCommand } from '../src/cli/program.js';
import { manPage, overview } from './man-page.js';

// Writes a manual page for each command into man/, of the same texts as --help.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = join(ROOT, 'man');

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const commands = (await everyCommand()).filter(({ id }) => id !== 'help');
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
writeFileSync(join(OUT, 'chatty.1'), overview(commands, version));
for (const command of commands)
  writeFileSync(join(OUT, `chatty-${command.id.replaceAll(':', '-')}.1`), manPage(command, version));
