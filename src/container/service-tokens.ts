import type { Logger, ServerIdentity, ServiceManager } from '../application/server/ports.js';
import { token } from './token.js';

/** The parts that are about the server as a program. */
export const SERVICE_TOKENS = {
  Logger: token<Logger>('Logger'),
  ServerIdentity: token<ServerIdentity>('ServerIdentity'),
  ServiceManager: token<ServiceManager>('ServiceManager'),
  /** Sockets that listen already, by number. */
  HandedSockets: token<readonly number[]>('HandedSockets'),
};
