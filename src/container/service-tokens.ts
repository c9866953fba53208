import type { LiveSettings } from '../adapters/config/live-settings.js';
import type { FixedConfig } from '../adapters/config/server-config.js';
import type { ServerAddress } from '../application/chat-request.js';
import type { Meter } from '../application/server/meter.js';
import type { ReadStatus } from '../application/server/read-status.js';
import type { Readiness } from '../application/server/readiness.js';
import type {
  Logger,
  Monitor,
  ProcessVitals,
  ServerIdentity,
  ServiceManager,
} from '../application/server/service-ports.js';
import type { Transport } from '../application/server/transport-ports.js';
import type { ServerStatus } from '../application/server-status.js';
import { REMOTE_TOKENS } from './remote-tokens.js';
import { token } from './token.js';

/** The parts that are about the server as a program. */
export const SERVICE_TOKENS = {
  /** What stays as it is until the next start. */
  FixedConfig: token<FixedConfig>('FixedConfig'),
  LiveSettings: token<LiveSettings>('LiveSettings'),
  Logger: token<Logger>('Logger'),
  ServerIdentity: token<ServerIdentity>('ServerIdentity'),
  ServiceManager: token<ServiceManager>('ServiceManager'),
  /** Of chatty. */
  Version: token<string>('Version'),
  Meter: token<Meter>('Meter'),
  Readiness: token<Readiness>('Readiness'),
  ReadStatus: token<ReadStatus>('ReadStatus'),
  ProcessVitals: token<ProcessVitals>('ProcessVitals'),
  /** Bound only where it is asked for. */
  Monitor: token<Monitor>('Monitor'),
  /** Rejects where no server runs that can be asked; nothing where it is of another version. */
  AskStatus: token<() => Promise<ServerStatus | undefined>>('AskStatus'),
  /** Sockets that listen already, by number: those at which this is spoken. */
  HandedSockets: token<(scheme?: ServerAddress['scheme']) => readonly number[]>('HandedSockets'),
  /** Bound once for each transport. */
  Transport: token<Transport>('Transport'),
  ...REMOTE_TOKENS,
};
