// The full one, which class-transformer needs, before inversify comes with a smaller one of its own.
import 'reflect-metadata';
import { Container, type ContainerModule } from 'inversify';
import type { ServerConfig } from '../adapters/config/server-config.js';
import { sharedLog } from './broadcaster.js';
import { memory } from './memory.js';
import { pino } from './pino.js';
import { random } from './random.js';
import { room } from './room.js';
import { useCases } from './server-use-cases.js';
import { sqlite, sqliteArchive } from './sqlite.js';
import { tcpListen } from './tcp.js';
import { tlsListen } from './tls.js';
import { TOKENS } from './tokens.js';
import { wireListen } from './wire.js';

/** Where the history can be kept. */
const HISTORIES: Record<ServerConfig['history'], ContainerModule> = { sqlite, memory };

/** The ways into the room, in the order in which they are opened. */
const TRANSPORTS = [tcpListen];

/** Everything that a server is made of. Swap an adapter by rebinding its token before the first `get`. */
export async function createServer(config: ServerConfig): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ServerConfig).toConstantValue(config);
  const history = HISTORIES[config.history];
  const rest = [random, sharedLog, wireListen, tlsListen, ...TRANSPORTS, pino];
  await container.loadAsync(room, useCases, history, ...rest);
  return container;
}

/** What it takes to handle the history of a folder, beside a server or without one. */
export async function createArchive(folder: string): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.DataFolder).toConstantValue(folder);
  await container.loadAsync(sqliteArchive);
  return container;
}
