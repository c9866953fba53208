import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Joins and leaves that are kept, beside the messages. */
const MAX_PRESENCE = 50_000;

/** The history in a file. */
export const sqlite = new ContainerModule(async ({ bind }) => {
  const [{ RecordingRoomLog }, { SqliteEventStore }, { SqliteClaimStore }] = await Promise.all([
    import('../application/server/recording-room-log.js'),
    import('../adapters/sqlite/sqlite-event-store.js'),
    import('../adapters/sqlite/sqlite-claim-store.js'),
  ]);
  bind(TOKENS.ClaimStore).toResolvedValue(
    ({ dataDir, synchronous }) => new SqliteClaimStore(dataDir, synchronous),
    [TOKENS.FixedConfig],
  );
  bind(TOKENS.RoomLog).toResolvedValue(
    (settings, logger, meter) => {
      const options = settings.view(({ dataDir, synchronous, keepMessages, keepBytes, keepMs }) => ({
        folder: dataDir,
        synchronous,
        maxMessages: keepMessages,
        maxBytes: keepBytes,
        maxPresence: MAX_PRESENCE,
        maxAgeMs: keepMs,
        logger,
      }));
      const store = new SqliteEventStore(options);
      settings.onChange(() => () => store.review());
      return new RecordingRoomLog(store, logger, undefined, meter);
    },
    [TOKENS.LiveSettings, TOKENS.Logger, TOKENS.Meter],
  );
});

/** The history in a file, as its owner handles it. */
export const sqliteArchive = new ContainerModule(async ({ bind }) => {
  const { SqliteHistoryArchive } = await import('../adapters/sqlite/sqlite-history-archive.js');
  bind(TOKENS.HistoryArchive).toResolvedValue(
    folder => new SqliteHistoryArchive(folder),
    [TOKENS.DataFolder],
  );
});

/** The claims in a file, as its owner handles them. */
export const sqliteClaims = new ContainerModule(async ({ bind }) => {
  const { SqliteClaimStore } = await import('../adapters/sqlite/sqlite-claim-store.js');
  bind(TOKENS.ClaimStore).toResolvedValue(folder => new SqliteClaimStore(folder), [TOKENS.DataFolder]);
});
