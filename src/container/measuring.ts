import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** How the server is: counted while it runs, read when somebody asks. */
export const measuring = new ContainerModule(async ({ bind }) => {
  const [{ Meter }, { Readiness }, { ReadStatus }] = await Promise.all([
    import('../application/server/meter.js'),
    import('../application/server/readiness.js'),
    import('../application/server/read-status.js'),
  ]);
  bind(TOKENS.Meter).toResolvedValue(() => new Meter());
  bind(TOKENS.Readiness).toResolvedValue(roomLog => new Readiness(roomLog), [TOKENS.RoomLog]);
  bind(TOKENS.ReadStatus).toResolvedValue(
    (settings, version, ...parts) => {
      const about = { version, runtime: process.version, startedAt: Date.now() };
      const limits = settings.view(({ maxConnections, maxLogBytes }) => ({ maxConnections, maxLogBytes }));
      return new ReadStatus(...parts, about, limits);
    },
    [
      TOKENS.LiveSettings,
      TOKENS.Version,
      TOKENS.ChatRoom,
      TOKENS.RoomLog,
      TOKENS.Broadcaster,
      TOKENS.Connections,
      TOKENS.Readiness,
      TOKENS.Meter,
      TOKENS.ProcessVitals,
    ],
  );
});
