import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** The broadcast from one log of bytes. */
export const sharedLog = new ContainerModule(async ({ bind }) => {
  const { SharedLogBroadcaster } = await import('../adapters/shared-log/shared-log-broadcaster.js');
  bind(TOKENS.Broadcaster).toResolvedValue(
    (settings, meter) =>
      new SharedLogBroadcaster(
        settings.view(({ maxLogBytes, stallTimeoutMs, coalesceMs }) => ({
          ...{ maxLogBytes, stallTimeoutMs, coalesceMs },
        })),
        meter,
      ),
    [TOKENS.LiveSettings, TOKENS.Meter],
  );
});
