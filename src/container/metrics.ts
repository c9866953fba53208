import { ContainerModule } from 'inversify';
import { parseListenAddress } from '../adapters/config/listen-address.js';
import { TOKENS } from './tokens.js';

/** How the server is, over HTTP. */
export const metrics = new ContainerModule(async ({ bind }) => {
  const { MetricsServer } = await import('../adapters/metrics/metrics-server.js');
  bind(TOKENS.Monitor).toResolvedValue(
    ({ metrics: at = '0' }, ...parts) => new MetricsServer(parseListenAddress(at), ...parts),
    [TOKENS.FixedConfig, TOKENS.Readiness, TOKENS.ReadStatus, TOKENS.Logger],
  );
});
