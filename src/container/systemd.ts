import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** What has started this process, if it is systemd. */
export const systemd = new ContainerModule(async ({ bind }) => {
  const { handedSockets, Systemd } = await import('../adapters/systemd/service-manager.js');
  const { env, pid } = process;
  bind(TOKENS.HandedSockets).toConstantValue(scheme => handedSockets(env, pid, scheme));
  bind(TOKENS.ServiceManager).toResolvedValue(() => new Systemd(env, pid));
});
