import { ContainerModule } from 'inversify';
import type { LiveSettings } from '../adapters/config/live-settings.js';
import type { Rate } from '../adapters/wire/listen/allowance.js';
import { TOKENS } from './tokens.js';

const MINUTE = 60;

/** What connections go by: rates are objects of their own, which those who count look at. */
function limitsOf(settings: LiveSettings, rate: (perSecond: number, burst: number) => Rate) {
  const rates = {
    messages: settings.view(({ messageRate, messageBurst }) => rate(messageRate, messageBurst)),
    bytes: settings.view(({ byteRate, byteBurst }) => rate(byteRate, byteBurst)),
    connects: settings.view(({ connectRate, connectBurst }) => rate(connectRate / MINUTE, connectBurst)),
    joins: settings.view(({ joinRate, joinBurst }) => rate(joinRate / MINUTE, joinBurst)),
    allJoins: settings.view(({ totalJoinRate, totalJoinBurst }) =>
      rate(totalJoinRate / MINUTE, totalJoinBurst),
    ),
  };
  return settings.view(config => ({
    maxLineBytes: config.maxLineBytes,
    maxBacklogBytes: config.maxBacklogBytes,
    joinTimeoutMs: config.joinTimeoutMs,
    graceMs: config.graceMs,
    maxRate: config.maxRate,
    maxConnections: config.maxConnections,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    noTrustLoopback: config.noTrustLoopback,
    ...rates,
  }));
}

/** Clients that speak the wire, through any transport. */
export const wireListen = new ContainerModule(async ({ bind }) => {
  const [{ WireConnections }, { rate }] = await Promise.all([
    import('../adapters/wire/listen/wire-connections.js'),
    import('../adapters/wire/listen/allowance.js'),
  ]);
  bind(TOKENS.Connections).toResolvedValue(
    (settings, ...parts) => new WireConnections(limitsOf(settings, rate), ...parts),
    [TOKENS.LiveSettings, TOKENS.UseCases, TOKENS.RoomFeed, TOKENS.Logger, TOKENS.Meter],
  );
});

/** The server of this same process, for clients that are in it. */
export const wireInside = new ContainerModule(async ({ bind }) => {
  const [{ InsideLines }, { LineLink }, { noticeText }] = await Promise.all([
    import('../adapters/wire/inside-line.js'),
    import('../adapters/wire/connect/line-link.js'),
    import('../adapters/wire/notice.js'),
  ]);
  bind(TOKENS.LinksInside).toResolvedValue(
    connections => {
      const lines = new InsideLines(connections);
      return caller => () =>
        new LineLink(lines.dialFor(caller), () => new Promise(resolve => setImmediate(resolve)));
    },
    [TOKENS.Connections],
  );
  bind(TOKENS.RefusalText).toResolvedValue(
    () =>
      ({ code, measured, details }) =>
        code === 'NAME_TAKEN' ? '' : noticeText(code, measured, details),
  );
});

/** Servers that speak the wire, through whichever transport is dialled. */
export const wireConnect = new ContainerModule(async ({ bind }) => {
  const { LineLink } = await import('../adapters/wire/connect/line-link.js');
  bind(TOKENS.NewLink).toResolvedValue(
    (dialTo, { servers }) =>
      (address = 0) =>
        new LineLink(
          dialTo(servers[address] ?? servers[0]),
          () => new Promise(resolve => setImmediate(resolve)),
        ),
    [TOKENS.Dial, TOKENS.ClientConfig],
  );
});
