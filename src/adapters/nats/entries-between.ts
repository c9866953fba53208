import type { JournalEntry } from '../../application/server/cluster/journal.js';
import { inTime } from './in-time.js';
import type { NatsConnection } from './nats-connection.js';
import { lookOf } from './room-streams.js';
import { StreamReader } from './stream-reader.js';

/** Longest search, in milliseconds. */
const DEADLINE_MS = 10_000;

/** The entries of a stream that were taken within a time. Rejects when that cannot be known now. */
export async function entriesBetween(
  connection: NatsConnection,
  stream: string,
  subject: string,
  [from, to]: readonly [from: number, to: number],
): Promise<JournalEntry[]> {
  const found: JournalEntry[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const reader = new StreamReader(connection, {
    stream,
    filter: subject,
    after: 0,
    since: from,
    isAwaited: true,
    check: async () => lookOf(await connection.api.streams.info(stream)),
    take: messages => {
      for (const { position, at, message } of messages)
        if (at <= to) found.push({ position, at, text: message.string() });
        else resolve();
    },
    onCaughtUp: resolve,
    onLost: reason => reject(new Error(reason)),
  });
  reader.start();
  await inTime(promise, DEADLINE_MS, 'the journal could not be searched in time').finally(() =>
    reader.close(),
  );
  return found;
}
