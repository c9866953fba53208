import type { Command } from '@oclif/core';
import type { ServerConfig } from '../adapters/config/server-config.js';
import { SERVER_SETTINGS } from '../adapters/config/server-settings.js';
import { variableOf } from '../adapters/config/setting.js';
import { TEXT_FORMS } from '../adapters/config/text-form.js';
import { dataFolder } from './data-folder.js';
import { EXIT, fail } from './exit.js';
import { settingsOf } from './flags.js';

/** Where the value of a setting is from: `default`, its flag or variable, or a place in the file. */
export type Origins = Readonly<Record<string, string>>;

export interface ServerSetup {
  readonly config: ServerConfig;
  /** By property, as they were given or are by default, in the units of the table. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly origins: Origins;
}

/** What oclif has found on the command line. */
export interface ParsedFlags {
  readonly flags: Record<string, unknown>;
  readonly raw: readonly { readonly type: string; readonly flag?: string }[];
}

/** Reads the settings, what cannot be used ends the command. */
export async function setUpServer(command: Command, parsed: ParsedFlags): Promise<ServerSetup> {
  try {
    return await readSettings(command, parsed);
  } catch (error) {
    const { ConfigError } = await import('../adapters/config/config.js');
    if (error instanceof ConfigError) return fail(command, error.message, EXIT.USAGE);
    throw error;
  }
}

/**
 * Flags and environment win over the file, and that over the defaults; the file is read as it is now.
 * @throws {ConfigError}
 */
export async function readSettings(command: Command, parsed: ParsedFlags): Promise<ServerSetup> {
  const { ConfigError } = await import('../adapters/config/config.js');
  const given = settingsOf(SERVER_SETTINGS, parsed.flags);
  const file = await readFile(given.config);
  const values = { dataDir: dataFolder(command.config), ...file?.values, ...given };
  const placeOf = (property: string) => (property in given ? undefined : file?.placeOf(property));
  const problems = file?.problems ?? [];
  const config = await parse(values, placeOf, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const typed = new Set(
    parsed.raw.flatMap(({ type, flag }) => (type === 'flag' && flag !== undefined ? [flag] : [])),
  );
  return { config, values, origins: originsOf(given, typed, placeOf) };
}

/** @param problems that are told together with those of the values */
async function parse(
  values: Record<string, unknown>,
  placeOf: (property: string) => string | undefined,
  problems: readonly string[],
): Promise<ServerConfig> {
  const [{ ServerConfig }, { ConfigError, parseConfig }] = await Promise.all([
    import('../adapters/config/server-config.js'),
    import('../adapters/config/config.js'),
  ]);
  try {
    return parseConfig(ServerConfig, values, placeOf);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError([...problems, ...error.problems]);
  }
}

async function readFile(path: unknown) {
  if (typeof path !== 'string') return undefined;
  // Only who has a file pays for reading YAML.
  const { readConfigFile } = await import('../adapters/config/config-file.js');
  return readConfigFile(TEXT_FORMS.path.tidy(path), SERVER_SETTINGS);
}

function originsOf(
  given: Record<string, unknown>,
  typed: ReadonlySet<string>,
  placeOf: (property: string) => string | undefined,
): Origins {
  return Object.fromEntries(
    Object.entries(SERVER_SETTINGS).map(([property, setting]) => {
      if (!(property in given)) return [property, placeOf(property) ?? 'default'];
      return [property, typed.has(setting.flag) ? `--${setting.flag}` : variableOf(setting)];
    }),
  );
}
