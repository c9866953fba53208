import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

enableCompileCache();

const TOPICS = ['server', 'client'];

const FIRST_WORDS = `Chat in the terminal: one room per server.

  chatty server:start        start a server here
  chatty client:join NAME    join the one here; --host HOST joins another

chatty --help shows everything that there is.`;

/** A folder that does not exist, as Debian names the home of users that have none. */
const NO_HOME = '/nonexistent';

/**
 * Runs the command line in `process.argv`, with or without the colon: `server:start` or `server start`.
 * @param root the folder of package.json
 */
export async function run(root: string): Promise<void> {
  const args = process.argv.slice(2);
  // These two load nothing else.
  if (args.length === 0) return print(FIRST_WORDS);
  const { name, version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (args[0] === '--version')
    return print(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`);
  // oclif asks the system about the user for what these do not say, and fails where the user is not in its list.
  process.env.SHELL ??= '';
  process.env.HOME ||= home();
  const { runCommand } = await import('./program.js');
  await runCommand(joinTopic(args), { root, name, version, description });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function joinTopic(args: string[]): string[] {
  const [topic = '', command, ...rest] = args;
  if (topic === 'help') return ['help', ...joinTopic(args.slice(1))];
  const isPair = TOPICS.includes(topic) && command !== undefined && !command.startsWith('-');
  return isPair ? [`${topic}:${command}`, ...rest] : args;
}

function home(): string {
  try {
    return homedir();
  } catch {
    return NO_HOME;
  }
}

if (import.meta.main) await run(fileURLToPath(new URL('../../..', import.meta.url)));
