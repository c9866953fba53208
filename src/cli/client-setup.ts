import type { Command } from '@oclif/core';
import type { ClientConfig } from '../adapters/config/client-config.js';
import { CLIENT_SETTINGS } from '../adapters/config/client-settings.js';
import { variableOf } from '../adapters/config/setting.js';
import { SettingsFile } from '../adapters/config/settings-file.js';
import { visible } from '../adapters/view/visible.js';
import {
  type RememberedSettings,
  SettingsFailure,
  type SettingsFailureCode,
} from '../application/client/preferences.js';
import { EXIT, fail } from './exit.js';

const FAILURES: Record<SettingsFailureCode, (location: string) => string> = {
  NOT_READABLE: location => `The settings in ${location} cannot be read, and are ignored.`,
  NOT_JSON: location =>
    `The settings in ${location} are not a JSON object, and are ignored. Correct the file, or delete it.`,
  NOT_WRITABLE: location => `The settings in ${location} cannot be written: nothing is remembered.`,
};

/** One line about settings that could not be read or kept. */
export function settingsProblem(error: unknown): string {
  if (!(error instanceof SettingsFailure)) throw error;
  return FAILURES[error.code](visible(error.location));
}

/** What the client goes by, and where the person's choices are kept. */
export interface ClientSetup {
  readonly config: ClientConfig;
  readonly settings: SettingsFile;
  /** The part of it that was remembered, not given. */
  readonly remembered: RememberedSettings;
}

/**
 * Flags and environment win over what is remembered, and that over the defaults. A remembered value that cannot be used
 * is told in a line and ignored; a given one ends the command.
 */
export async function setUp(command: Command, all: Record<string, unknown>): Promise<ClientSetup> {
  const given = withOneAddress(command, all);
  const [{ parseClientConfig, usable }, { ConfigError }] = await Promise.all([
    import('../adapters/config/client-config.js'),
    import('../adapters/config/config.js'),
  ]);
  const settings = new SettingsFile(command.config.configDir);
  const found = await settings.read().catch((error: unknown) => {
    command.logToStderr(settingsProblem(error));
    return {};
  });
  const known = usable(found, (name, problem) =>
    command.logToStderr(
      `The setting ${name} in ${visible(settings.location)} is ignored. ${visible(problem)}`,
    ),
  );
  const remembered = Object.fromEntries(
    Object.entries(known).filter(([name]) => !(name in given) && !isDecided(name, given)),
  );
  try {
    return { config: parseClientConfig({ ...remembered, ...given }), settings, remembered };
  } catch (error) {
    if (error instanceof ConfigError) fail(command, error.message, EXIT.USAGE);
    throw error;
  }
}

/** Where a remembered address comes from, in case it is wrong; nothing when it was given. */
export function addressSource({ remembered, settings }: ClientSetup): string | undefined {
  return 'to' in remembered || 'host' in remembered || 'port' in remembered
    ? `The address is remembered in ${visible(settings.location)}: see chatty client:settings.`
    : undefined;
}

/** The server is named in one way: what was typed wins over the environment. */
function withOneAddress(command: Command, all: Record<string, unknown>): Record<string, unknown> {
  const { to, host, port, ...others } = all;
  if (to === undefined) return all;
  const isTyped = (name: 'to' | 'host' | 'port') =>
    all[name] !== undefined && process.env[variableOf(CLIENT_SETTINGS[name])] !== all[name];
  const isHostTyped = isTyped('host') || isTyped('port');
  if (isTyped('to') && isHostTyped)
    fail(command, 'Name the server with --to, or with --host and --port, not with both.', EXIT.USAGE);
  return isHostTyped ? { ...others, host, port } : { ...others, to };
}

/** Whether something else that was given leaves nothing to a remembered setting. */
function isDecided(name: string, given: Record<string, unknown>): boolean {
  if (name === 'to') return given.host !== undefined || given.port !== undefined;
  if (name === 'host' || name === 'port') return given.to !== undefined;
  return name === 'color' && decidesColor();
}

/** The environment decides about colors before what is remembered does. */
function decidesColor(): boolean {
  return (process.env.NO_COLOR ?? '') !== '' || process.env.FORCE_COLOR !== undefined;
}
