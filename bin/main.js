import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache();

const TOPICS = ['server', 'client'];

const FIRST_WORDS = `Chat in the terminal: one room per server.

  chatty server:start        start a server here
  chatty client:join NAME    join the one here; --host HOST joins another

chatty --help shows everything that there is.`;

/**
 * Runs the command line in `process.argv`, with or without the colon: `server:start` or `server start`.
 * @param url of a file in the package
 */
export async function run(url, development = false) {
  const args = process.argv.slice(2);
  // Known without loading anything.
  if (args.length === 0) return console.log(FIRST_WORDS);
  if (args[0] === '--version') return console.log(version());
  const { handle, run, flush, Config, settings } = await import('@oclif/core');
  settings.debug ||= development;
  const config = await Config.load(fileURLToPath(url));
  try {
    await run(joinTopic(args), config);
    await flush();
  } catch (error) {
    const { isUsage, plainText } = await import('./usage.js');
    if (!isUsage(error) || settings.debug) return handle(error);
    console.error(plainText(error, joinTopic(args), config));
    process.exit(2);
  }
}

function joinTopic(args) {
  if (args[0] === 'help') return ['help', ...joinTopic(args.slice(1))];
  const [topic, command, ...rest] = args;
  const isPair = TOPICS.includes(topic) && command !== undefined && !command.startsWith('-');
  return isPair ? [`${topic}:${command}`, ...rest] : args;
}

/** In the words of oclif. */
function version() {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return `${name}/${version} ${process.platform}-${process.arch} node-${process.version}`;
}
