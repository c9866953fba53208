import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Addresses of the Internet. */
export const ip = new ContainerModule(async ({ bind }) => {
  const { IpNetworks } = await import('../adapters/ip/ip-networks.js');
  bind(TOKENS.Networks).toResolvedValue(() => new IpNetworks());
});
