import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Clients that speak the wire, through any transport. */
export const wireListen = new ContainerModule(async ({ bind }) => {
  const { WireConnections } = await import('../adapters/wire/listen/wire-connections.js');
  bind(TOKENS.Connections).toResolvedValue(
    (config, cases, feed, logger) =>
      new WireConnections({ ...config, silenceMs: config.silenceTimeoutMs }, cases, feed, logger),
    [TOKENS.ServerConfig, TOKENS.UseCases, TOKENS.RoomFeed, TOKENS.Logger],
  );
});

/** A server that speaks the wire, through whichever transport is dialled. */
export const wireConnect = new ContainerModule(async ({ bind }) => {
  const { LineLink } = await import('../adapters/wire/connect/line-link.js');
  bind(TOKENS.NewLink).toResolvedValue(
    dial => () => new LineLink(dial, () => new Promise(resolve => setImmediate(resolve))),
    [TOKENS.Dial],
  );
});
