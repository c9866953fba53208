// The full one, which class-transformer needs, before inversify comes with a smaller one of its own.
import 'reflect-metadata';
import { Container, type ContainerModule } from 'inversify';
import { type HistoryKind, historyKind } from '../adapters/config/history.js';
import { LiveSettings } from '../adapters/config/live-settings.js';
import type { ServerConfig } from '../adapters/config/server-config.js';
import { auditLog } from './audit-log.js';
import { sharedLog } from './broadcaster.js';
import { controlConnect, controlListen } from './control.js';
import { INSIDE_CLIENTS } from './inside-clients.js';
import { ip } from './ip.js';
import { moderation } from './keeping-order.js';
import { keyProofs, listedNames } from './key-proofs.js';
import { measuring } from './measuring.js';
import { memory } from './memory.js';
import { nats, natsClaims } from './nats.js';
import { claimedNames, handledNames, keyUseCases, openNames } from './ownership.js';
import { pino } from './pino.js';
import { thisProcess } from './process.js';
import { random } from './random.js';
import { room } from './room.js';
import { useCases } from './server-use-cases.js';
import { roomCopies, serverClaims, sqlite, sqliteArchive, sqliteClaims } from './sqlite.js';
import { ssh } from './ssh.js';
import { systemd } from './systemd.js';
import { tcpListen } from './tcp.js';
import { tlsListen } from './tls.js';
import { TOKENS } from './tokens.js';
import { webListen } from './web.js';
import { wireListen } from './wire.js';

/** Where the history can be kept. */
const HISTORIES: Record<HistoryKind, ContainerModule[]> = {
  sqlite: [sqlite, serverClaims, auditLog, controlListen],
  memory: [memory],
  nats: [nats, roomCopies, controlListen],
};

/** Whom names can belong to. */
const NAMES: Record<ServerConfig['names'], ContainerModule> = {
  open: openNames,
  claimed: claimedNames,
  listed: listedNames,
};

/** The ways into the room, in the order in which they are opened, and whether somebody wants them. */
const TRANSPORTS: [ContainerModule, isWanted: (config: ServerConfig) => boolean][] = [
  [tcpListen, () => true],
  [webListen, ({ web }) => web !== undefined],
  [ssh, config => config.ssh !== undefined],
];

/** Everything that a server is made of. Swap an adapter by rebinding its token before the first `get`. */
export async function createServer(config: ServerConfig, version = ''): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.FixedConfig).toConstantValue(config);
  container.bind(TOKENS.Version).toConstantValue(version);
  container.bind(TOKENS.LiveSettings).toConstantValue(new LiveSettings(config));
  const chosen = [...HISTORIES[historyKind(config.history)], NAMES[config.names]];
  const others = [moderation, ip, random, keyProofs, sharedLog, wireListen, tlsListen, systemd, pino];
  // Only who asks for metrics pays for what writes them.
  const monitor = config.metrics === undefined ? [] : [(await import('./metrics.js')).metrics];
  chosen.push(measuring, thisProcess, ...monitor, ...(config.ssh === undefined ? [] : INSIDE_CLIENTS));
  await container.loadAsync(room, useCases, keyUseCases, ...chosen, ...others);
  // Loaded together, whichever is first at hand would be opened first.
  for (const [transport, isWanted] of TRANSPORTS) if (isWanted(config)) await container.loadAsync(transport);
  return container;
}

/** What it takes to handle the history of a folder, beside a server or without one. */
export const createArchive = (folder: string) => handling(folder, sqliteArchive);

/** What it takes to handle the claims of a room, beside its servers or without one. */
export async function createRegister(config: ServerConfig): Promise<Container> {
  const claims = historyKind(config.history) === 'nats' ? natsClaims : sqliteClaims;
  const container = await handling(config.dataDir, claims, handledNames, keyProofs);
  container.bind(TOKENS.LiveSettings).toConstantValue(new LiveSettings(config));
  return container;
}

/** What it takes to speak to the server that keeps its data in a folder. */
export const createControl = (folder: string) => handling(folder, controlConnect);

async function handling(folder: string, ...modules: ContainerModule[]): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.DataFolder).toConstantValue(folder);
  await container.loadAsync(...modules);
  return container;
}
