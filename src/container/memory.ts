import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Most messages, and joins and leaves, that a history in memory keeps, whatever is asked for. */
const MAX_EVENTS = 10_000;

/** Most bytes of messages. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The history in this process only. */
export const memory = new ContainerModule(async ({ bind }) => {
  const [{ RecordingRoomLog }, { MemoryEventStore }, { MemoryClaimStore }, { MemoryModerationLog }] =
    await Promise.all([
      import('../application/server/recording-room-log.js'),
      import('../adapters/memory/memory-event-store.js'),
      import('../adapters/memory/memory-claim-store.js'),
      import('../adapters/memory/memory-moderation-log.js'),
    ]);
  bind(TOKENS.ModerationLog).toResolvedValue(() => new MemoryModerationLog());
  bind(TOKENS.ClaimStore).toResolvedValue(() => new MemoryClaimStore());
  bind(TOKENS.RoomLog).toResolvedValue(
    (settings, logger, meter) => {
      const limits = settings.view(({ keepMessages, keepBytes, keepMs }) => ({
        maxMessages: Math.min(keepMessages, MAX_EVENTS),
        maxBytes: Math.min(keepBytes, MAX_BYTES),
        maxPresence: MAX_EVENTS,
        maxAgeMs: keepMs,
      }));
      const store = new MemoryEventStore(limits, logger);
      settings.onChange(() => () => store.review());
      return new RecordingRoomLog(store, logger, undefined, meter);
    },
    [TOKENS.LiveSettings, TOKENS.Logger, TOKENS.Meter],
  );
});
