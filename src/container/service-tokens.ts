import type { LiveSettings } from '../adapters/config/live-settings.js';
import type { FixedConfig } from '../adapters/config/server-config.js';
import type { Logger, ServerIdentity, ServiceManager } from '../application/server/ports.js';
import { token } from './token.js';

/** The parts that are about the server as a program. */
export const SERVICE_TOKENS = {
  /** What stays as it is until the next start. */
  FixedConfig: token<FixedConfig>('FixedConfig'),
  LiveSettings: token<LiveSettings>('LiveSettings'),
  Logger: token<Logger>('Logger'),
  ServerIdentity: token<ServerIdentity>('ServerIdentity'),
  ServiceManager: token<ServiceManager>('ServiceManager'),
  /** Sockets that listen already, by number. */
  HandedSockets: token<readonly number[]>('HandedSockets'),
};
