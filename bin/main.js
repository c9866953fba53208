import { enableCompileCache } from 'node:module';

enableCompileCache();
// class-transformer needs the full reflect-metadata, and inversify loads the lite one itself: this one first.
await import('reflect-metadata');
const { execute } = await import('@oclif/core');

const TOPICS = ['server', 'client'];

/** Runs the command line in `process.argv`, with or without the colon: `server:start` or `server start`. */
export async function run(dir, development = false) {
  await execute({ dir, development, args: joinTopic(process.argv.slice(2)) });
}

function joinTopic(args) {
  if (args[0] === 'help') return ['help', ...joinTopic(args.slice(1))];
  const [topic, command, ...rest] = args;
  const isPair = TOPICS.includes(topic) && command !== undefined && !command.startsWith('-');
  return isPair ? [`${topic}:${command}`, ...rest] : args;
}
