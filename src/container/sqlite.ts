import { join } from 'node:path';
import { ContainerModule } from 'inversify';
import type { LiveSettings } from '../adapters/config/live-settings.js';
import type { SqliteOptions } from '../adapters/sqlite/sqlite-event-store.js';
import type { Logger } from '../application/server/service-ports.js';
import { TOKENS } from './tokens.js';

/** Joins and leaves that are kept, beside the messages. */
const MAX_PRESENCE = 50_000;

/** How a history is kept in a folder, as it is set now and later. */
function copyOptions(settings: LiveSettings, logger: Logger, folder: string): SqliteOptions {
  return settings.view(({ synchronous, keepMessages, keepBytes, keepMs }) => ({
    folder,
    synchronous,
    maxMessages: keepMessages,
    maxBytes: keepBytes,
    maxPresence: MAX_PRESENCE,
    maxAgeMs: keepMs,
    logger,
  }));
}

/** The history in a file. */
export const sqlite = new ContainerModule(async ({ bind }) => {
  const [{ RecordingRoomLog }, { SqliteEventStore }] = await Promise.all([
    import('../application/server/recording-room-log.js'),
    import('../adapters/sqlite/sqlite-event-store.js'),
  ]);
  bind(TOKENS.RoomLog).toResolvedValue(
    (settings, logger, meter) => {
      const options = copyOptions(settings, logger, settings.now.dataDir);
      const store = new SqliteEventStore(options);
      settings.onChange(() => () => store.review());
      return new RecordingRoomLog(store, logger, undefined, meter);
    },
    [TOKENS.LiveSettings, TOKENS.Logger, TOKENS.Meter],
  );
});

/** Copies of a room that several servers share. */
export const roomCopies = new ContainerModule(async ({ bind }) => {
  const { SqliteRoomCopies } = await import('../adapters/sqlite/sqlite-room-copies.js');
  bind(TOKENS.RoomCopies).toResolvedValue(
    (settings, logger) => {
      const { dataDir, room } = settings.now;
      const options = copyOptions(settings, logger, join(dataDir, 'rooms', room));
      const copies = new SqliteRoomCopies(options, dataDir);
      settings.onChange(() => () => copies.review());
      return copies;
    },
    [TOKENS.LiveSettings, TOKENS.Logger],
  );
});

/** The claims of a server in a file. */
export const serverClaims = new ContainerModule(async ({ bind }) => {
  const { SqliteClaimStore } = await import('../adapters/sqlite/sqlite-claim-store.js');
  bind(TOKENS.ClaimStore).toResolvedValue(
    ({ dataDir, synchronous }) => new SqliteClaimStore(dataDir, synchronous),
    [TOKENS.FixedConfig],
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
