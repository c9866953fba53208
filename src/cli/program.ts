import type { Command, Interfaces } from '@oclif/core';

// What oclif is told of chatty. By itself it looks for commands, plugins and hooks in folders, some of them named by
// the environment, and runs what it finds. Here it is given all that there is, and looks for nothing.
// A CommonJS package that is imported when needed has all it exports in `default`, in the bundle and outside.

type CommandClass = Command.Class & {
  run(args: string[], options: Interfaces.LoadOptions): Promise<unknown>;
};
type Loadable = Command.Loadable;

/** One of those that keep order, which are in one file. */
function moderation(name: keyof typeof import('../commands/server/order.js')) {
  return async () => ({ default: (await import('../commands/server/order.js'))[name] });
}

/** Every command, loaded when it is run or described. */
const COMMANDS: Record<string, () => Promise<{ default: unknown }>> = {
  'client:join': () => import('../commands/client/join.js'),
  'client:key': () => import('../commands/client/key.js'),
  'client:send': () => import('../commands/client/send.js'),
  'client:settings': () => import('../commands/client/settings.js'),
  'server:ban': moderation('Ban'),
  'server:bans': moderation('Bans'),
  'server:delete': moderation('Delete'),
  'server:dismiss': moderation('Dismiss'),
  'server:kick': moderation('Kick'),
  'server:mute': moderation('Mute'),
  'server:operator': moderation('Operator'),
  'server:slow': moderation('Slow'),
  'server:topic': moderation('Topic'),
  'server:unban': moderation('Unban'),
  'server:unmute': moderation('Unmute'),
  'server:backup': () => import('../commands/server/backup.js'),
  'server:config': () => import('../commands/server/effective.js'),
  'server:export': () => import('../commands/server/export.js'),
  'server:names': () => import('../commands/server/names.js'),
  'server:restore': () => import('../commands/server/restore.js'),
  'server:status': () => import('../commands/server/report.js'),
  'server:start': () => import('../commands/server/start.js'),
  completion: () => import('../commands/completion.js'),
  help: () => import('../commands/help.js'),
};

/** Commands that ask about the others. */
const ABOUT_COMMANDS = ['completion', 'help'];

const HELP_FLAGS = ['--help', '-h'];

const OCLIF = {
  bin: 'chatty',
  dirname: 'chatty',
  topicSeparator: ':',
  topics: {
    server: { description: 'Run the server that holds the room, and take care of its history.' },
    client: { description: 'Join the room of a server, or send a message to it.' },
  },
  additionalHelpFlags: HELP_FLAGS.slice(1),
};

/** A program that runs for so many milliseconds loads what it takes to end as well; a short one has ended by then. */
const LONG_MS = 1000;

/** What package.json says, and the folder that it is in. */
export interface Package {
  readonly root: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/**
 * Runs a command to its end. A wrong command line is told in a line, with exit code 2.
 * @param args with the colon in the name of the command
 */
export async function runCommand(args: readonly string[], about: Package): Promise<void> {
  setTimeout(() => void loadEnd().catch(() => {}), LONG_MS).unref();
  const [id = '', ...rest] = HELP_FLAGS.includes(args[0] ?? '') ? ['help', ...args.slice(1)] : args;
  try {
    if (!(id in COMMANDS) || ABOUT_COMMANDS.includes(id) || rest.some(arg => HELP_FLAGS.includes(arg))) {
      const { run } = (await import('@oclif/core/run')).default;
      await run([id, ...rest], await optionsOf(about, described));
    } else await (await load(id)).run(rest, await optionsOf(about, named));
    const { flush } = (await import('@oclif/core/flush')).default;
    await flush();
  } catch (error) {
    await fail(error, id);
  }
}

/** An update may replace the files of a program while it runs. */
function loadEnd(): Promise<unknown> {
  return Promise.all([
    import('@oclif/core/flush'),
    import('@oclif/core/settings'),
    import('@oclif/core/handle'),
    import('./usage.js'),
  ]);
}

async function fail(error: unknown, id: string): Promise<void> {
  const { isUsageError, usageText } = await import('./usage.js');
  const { settings } = (await import('@oclif/core/settings')).default;
  if (!isUsageError(error) || settings.debug) {
    const { handle } = (await import('@oclif/core/handle')).default;
    return handle(error as Error);
  }
  const flags = id in COMMANDS ? Object.keys((await load(id)).flags ?? {}) : [];
  process.stderr.write(`${usageText(error, { id, commands: Object.keys(COMMANDS), flags })}\n`);
  process.exit(2);
}

async function load(id: string): Promise<CommandClass> {
  const module = await COMMANDS[id]?.();
  return Object.assign(module?.default as CommandClass, { id });
}

/** One plugin that is there already, in place of those that oclif would look for. */
async function optionsOf(
  { root, ...about }: Package,
  describe: (id: string) => Loadable | Promise<Loadable>,
): Promise<Interfaces.LoadOptions> {
  const ids = Object.keys(COMMANDS);
  const plugin = {
    ...about,
    root,
    pjson: { ...about, oclif: OCLIF },
    isRoot: true,
    valid: true,
    commands: await Promise.all(ids.map(describe)),
    commandIDs: ids,
    topics: Object.entries(OCLIF.topics).map(([name, topic]) => ({ name, ...topic })),
    hooks: {},
  } as unknown as Interfaces.Plugin;
  return { root, plugins: new Map([[plugin.name, plugin]]), userPlugins: false, devPlugins: false };
}

/** All that there is to tell of every command, for manual pages. */
export function everyCommand(): Promise<Loadable[]> {
  return Promise.all(Object.keys(COMMANDS).map(described));
}

/** What it takes to find a command. */
function named(id: string): Loadable {
  const nothing = { aliases: [], hiddenAliases: [], args: {}, flags: {}, hidden: false };
  return { id, ...nothing, load: () => load(id) };
}

/** A command with all that the help tells of it. */
async function described(id: string): Promise<Loadable> {
  const { flags = {}, args, summary, description, examples, strict, usage } = await load(id);
  const known = Object.entries(flags).map(async ([name, flag]) => {
    const isDefaultTold = 'defaultHelp' in flag && typeof flag.defaultHelp === 'function';
    const value = isDefaultTold ? await flag.defaultHelp({}) : flag.default;
    return [name, { ...flag, name, default: value }];
  });
  return {
    ...named(id),
    ...{ summary, description, examples, strict, usage },
    args: Object.fromEntries(Object.entries(args).map(([name, arg]) => [name, { ...arg, name }])),
    flags: Object.fromEntries(await Promise.all(known)),
  };
}
