import type { NatsConnection } from '../adapters/nats/nats-connection.js';
import type { Journal } from '../application/server/cluster/journal.js';
import type { RoomCopies } from '../application/server/cluster/room-copies.js';
import { token } from './token.js';

/** The parts of a server that shares its room with others: bound only where it does. */
export const CLUSTER_TOKENS = {
  RoomCopies: token<RoomCopies>('RoomCopies'),
  Journal: token<Journal>('Journal'),
  NatsConnection: token<NatsConnection>('NatsConnection'),
} as const;
