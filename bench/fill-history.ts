import { SqliteEventStore, type SqliteOptions } from '../src/adapters/sqlite/sqlite-event-store.js';
import { RecordingRoomLog } from '../src/application/server/recording-room-log.js';

/** Words of a made-up language: the first ones are in many messages, the last ones in few. */
export const VOCABULARY = Array.from({ length: 5000 }, (_, n) => `w${n.toString(36)}x`);

/** What the nth message says: a word that all have, one that every other one has, and so many of the language. */
export function sayingOf(n: number, words = 8): string {
  const said = Array.from({ length: words }, (_, k) => VOCABULARY[skewed(n * words + k)] ?? '');
  return `${n % 2 === 0 ? 'even' : 'odd'} everyone ${said.join(' ')}`;
}

export function historyOf(folder: string, limits: Partial<SqliteOptions> = {}): SqliteEventStore {
  return new SqliteEventStore({
    folder,
    synchronous: 'normal',
    maxMessages: 1e12,
    maxBytes: 1e12,
    maxPresence: 1000,
    maxAgeMs: 1e12,
    ...limits,
  });
}

/** Makes a history of a hundred people, with its index, after so many joins and leaves. */
export async function fillHistory(
  folder: string,
  messages: number,
  words?: number,
  presence = 0,
): Promise<void> {
  const log = new RecordingRoomLog(historyOf(folder, { maxPresence: Math.max(1000, presence) }));
  await log.open();
  for (let n = 0; n < presence; n++) {
    const by = { session: 1000 + Math.floor(n / 2), username: `user${n % 100}` };
    const appended = log.append({ type: n % 2 === 0 ? 'UserJoined' : 'UserLeft', ...by });
    if (n % 1000 === 999) await appended;
  }
  for (let n = 0; n < messages; n++) {
    const by = { session: n % 100, username: `user${n % 100}` };
    const appended = log.append({ type: 'MessageSent', ...by, content: sayingOf(n, words) });
    if (n % 1000 === 999) await appended;
  }
  await log.settled();
  await log.search({ words: 'nowhere', limit: 1 }); // a search waits for the index
  await log.close();
}

/** Small numbers often, large ones seldom. */
function skewed(n: number): number {
  const uniform = ((n * 2_654_435_761) % 2 ** 32) / 2 ** 32;
  return Math.floor(VOCABULARY.length * uniform ** 3);
}
