import type { DatabaseSync } from 'node:sqlite';
import type { Seq } from '../../domain/events.js';

/** How many sessions that have left are kept: the last to leave. */
const MAX_LEFT_SESSIONS = 10_000;
/** How many epochs are kept at least. */
const MAX_EPOCHS = 1000;

/**
 * Removes sessions that have left and cannot be resumed any more, and what else belongs to messages that are gone.
 * Keeps the session with the highest number: the next one is counted from it.
 * @returns whether there may be more
 */
export function removeLeftSessions(db: DatabaseSync, messagesFrom: Seq, limit: number): boolean {
  const beyond = db
    .prepare(
      'SELECT left_seq FROM sessions WHERE left_seq IS NOT NULL AND resume_key IS NOT NULL ORDER BY left_seq DESC LIMIT 1 OFFSET ?',
    )
    .get(MAX_LEFT_SESSIONS)?.left_seq;
  const { changes } = db
    .prepare(
      `DELETE FROM sessions WHERE session IN (SELECT session FROM sessions WHERE left_seq <= ? LIMIT ?)
       AND session < (SELECT max(session) FROM sessions)`,
    )
    .run(Math.max(messagesFrom - 1, Number(beyond ?? 0)), limit);
  removeEpochs(db, messagesFrom);
  db.prepare('DELETE FROM clock_jumps WHERE seq <= ?').run(messagesFrom);
  return Number(changes) === limit;
}

/** An epoch is removed when the next one begins before everything that is kept, and many followed it. */
function removeEpochs(db: DatabaseSync, messagesFrom: Seq): void {
  db.prepare(
    `DELETE FROM epochs WHERE id <= (SELECT max(id) FROM epochs) - ? AND
     (SELECT first_seq FROM epochs AS later WHERE later.id > epochs.id ORDER BY id LIMIT 1) <= ?`,
  ).run(MAX_EPOCHS, messagesFrom);
}
