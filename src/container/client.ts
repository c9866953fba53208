// The full one, which class-transformer needs, before inversify comes with a smaller one of its own.
import 'reflect-metadata';
import { Container, type ContainerModule } from 'inversify';
import type { ClientConfig } from '../adapters/config/client-config.js';
import { conversation, sendOnce } from './client-use-cases.js';
import type { ClientWiring } from './client-wiring.js';
import { ownKey } from './own-key.js';
import { inputLog, knownServers, ownSessions } from './state.js';
import { tcpConnect } from './tcp.js';
import { log, terminal } from './terminal.js';
import { tlsConnect } from './tls.js';
import { TOKENS } from './tokens.js';
import { wireConnect } from './wire.js';

/** The way to a server. */
const WAY = [wireConnect, tcpConnect, tlsConnect, knownServers];

/** Everything that a client is made of that talks. */
export function createClient(config: ClientConfig, wiring: ClientWiring): Promise<Container> {
  return clientContainer(
    config,
    wiring,
    conversation,
    ...WAY,
    ownSessions,
    inputLog,
    terminal(config),
    log(config),
  );
}

/** Everything that a client is made of that says something and goes. */
export function createSender(config: ClientConfig, wiring: ClientWiring): Promise<Container> {
  return clientContainer(config, wiring, sendOnce, ...WAY, ownSessions);
}

async function clientContainer(
  config: ClientConfig,
  wiring: ClientWiring,
  ...modules: ContainerModule[]
): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ClientConfig).toConstantValue(config);
  container.bind(TOKENS.ClientWiring).toConstantValue(wiring);
  await container.loadAsync(ownKey(config, wiring.configFolder), ...modules);
  return container;
}

/** What it takes to see with which key somebody joins. @throws {KeyFailure} */
export async function createOwnKey(
  config: Pick<ClientConfig, 'key'>,
  configFolder: string,
): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  await container.loadAsync(ownKey(config, configFolder));
  return container;
}
