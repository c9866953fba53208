// The full one, which class-transformer needs, before inversify comes with a smaller one of its own.
import 'reflect-metadata';
import { Container, type ContainerModule } from 'inversify';
import type { ClientConfig } from '../adapters/config/client-config.js';
import { conversation, sendOnce } from './client-use-cases.js';
import { tcpConnect } from './tcp.js';
import { terminal } from './terminal.js';
import { type OnBell, TOKENS } from './tokens.js';
import { wireConnect } from './wire.js';

/** Everything that a client is made of that talks. */
export async function createClient(config: ClientConfig, onBell: OnBell = () => {}): Promise<Container> {
  const container = await clientContainer(config, conversation, wireConnect, tcpConnect, terminal(config));
  container.bind(TOKENS.OnBell).toConstantValue(onBell);
  return container;
}

/** Everything that a client is made of that says something and goes. */
export function createSender(config: ClientConfig): Promise<Container> {
  return clientContainer(config, sendOnce, wireConnect, tcpConnect);
}

async function clientContainer(config: ClientConfig, ...modules: ContainerModule[]): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ClientConfig).toConstantValue(config);
  await container.loadAsync(...modules);
  return container;
}
