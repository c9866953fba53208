import { enableCompileCache } from 'node:module';

enableCompileCache();
// class-transformer needs the full reflect-metadata, and inversify loads the lite one itself: this one first.
await import('reflect-metadata');
const { execute } = await import('@oclif/core');

const TOPICS = ['server', 'client'];

/** Runs the command line in `process.argv`, with or without the colon: `server:start` or `server start`. */
export async function run(dir, development = false) {
  const [topic, command, ...rest] = process.argv.slice(2);
  const args =
    TOPICS.includes(topic) && command && !command.startsWith('-')
      ? [`${topic}:${command}`, ...rest]
      : undefined;
  await execute({ dir, development, ...(args && { args }) });
}
