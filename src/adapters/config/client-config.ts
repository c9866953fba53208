import type { RememberedSettings, SettingName } from '../../application/client/preferences.js';
import { CLIENT_SETTINGS } from './client-settings.js';
import { ConfigError, ConfigType, parseConfig } from './config.js';
import type { Configuration } from './setting.js';

/** What a client goes by. */
export type ClientConfig = Configuration<typeof CLIENT_SETTINGS>;

export const ClientConfig = new ConfigType(CLIENT_SETTINGS);

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
