import type { RememberedSettings, SettingName } from '../../application/client/preferences.js';
import { CLIENT_SETTINGS } from './client-settings.js';
import { ConfigError, ConfigType, parseConfig } from './config.js';
import { parseServerName } from './server-name.js';
import type { Configuration } from './setting.js';

/** What a client goes by; host and port as `to` says, if it says it. */
export type ClientConfig = Omit<Configuration<typeof CLIENT_SETTINGS>, 'to'> & {
  /** Of the server's key. */
  readonly pin?: string;
};

export const ClientConfig = new ConfigType(CLIENT_SETTINGS);

/** Makes a configuration of what was given or remembered. @throws {ConfigError} */
export function parseClientConfig(settings: Record<string, unknown>): ClientConfig {
  const { to, ...config } = parseConfig(ClientConfig, settings);
  return to === undefined
    ? config
    : { ...config, port: CLIENT_SETTINGS.port.default, ...parseServerName(to) };
}

/** What is remembered and can be used; the rest is told to `onProblem`, one sentence for each. */
export function usable(
  remembered: RememberedSettings,
  onProblem: (name: SettingName, problem: string) => void,
): RememberedSettings {
  const good = Object.entries(remembered).filter(([name, value]) => {
    if (value === null) return false; // how some write that nothing is chosen
    const problem = problemOf({ [name]: value });
    if (problem !== undefined) onProblem(name as SettingName, problem);
    return problem === undefined;
  });
  return Object.fromEntries(good);
}

/** Why these settings cannot be used; nothing when they can. */
export function problemOf(settings: Record<string, unknown>): string | undefined {
  try {
    parseConfig(ClientConfig, settings);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
