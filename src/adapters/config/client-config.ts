import type { ServerAddress } from '../../application/chat-request.js';
import type { RememberedSettings, SettingName } from '../../application/client/preferences.js';
import { CLIENT_SETTINGS } from './client-settings.js';
import { ConfigError, ConfigType, parseConfig } from './config.js';
import { parseServerList } from './server-name.js';
import type { Configuration } from './setting.js';

/** A server that is meant. */
export interface MeantServer extends ServerAddress {
  /** Of its key, as the person was told. */
  readonly pin?: string;
}

/** What a client goes by. */
export type ClientConfig = Omit<Configuration<typeof CLIENT_SETTINGS>, 'to' | 'host' | 'port'> & {
  /** Those that hold the room: several only where `to` says so. */
  readonly servers: readonly [MeantServer, ...MeantServer[]];
};

export const ClientConfig = new ConfigType(CLIENT_SETTINGS);

/** Makes a configuration of what was given or remembered. @throws {ConfigError} */
export function parseClientConfig(settings: Record<string, unknown>): ClientConfig {
  const { to, host, port, ...config } = parseConfig(ClientConfig, settings);
  if (to === undefined) return { ...config, servers: [{ host, port }] };
  const [first, ...others] = parseServerList(to).map(named => ({
    port: CLIENT_SETTINGS.port.default,
    ...named,
  }));
  return { ...config, servers: [first ?? { host, port }, ...others] };
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
