import type { Command } from '@oclif/core';
import { localTime } from '../adapters/view/time.js';
import { visible } from '../adapters/view/visible.js';
import {
  ArchiveFailure,
  type ArchiveFailureCode,
  RoomLogFailure,
  type RoomLogFailureCode,
} from '../application/server/failures.js';
import type { HistoryArchive, HistorySummary } from '../application/server/service-ports.js';
import { chosenFolder } from './data-folder.js';
import { fail } from './exit.js';
import { NO_HISTORY } from './server-exit.js';
import { isCopy, sharedRoomIn } from './shared-room.js';

/** What cannot be done with a history, and what to do about it. */
export const FAILURES: Record<RoomLogFailureCode | ArchiveFailureCode, (path: string) => string> = {
  NOT_FOUND: path => `There is no history at ${path}. Check the name, and --data-dir.`,
  EMPTY: path =>
    `${path} holds no history. A copy of room.db alone misses what is in room.db-wal: use chatty server:backup.`,
  EXISTS: path => `${path} exists already. Choose another name, or replace it with --overwrite.`,
  NOT_A_FILE: path => `${path} is a folder or a device. Name a file.`,
  OWN_FILE: path => `${path} belongs to the history itself. Choose another name.`,
  IN_USE: path => `${path} is in use: a chatty server runs with this history. Stop it first.`,
  NO_PERMISSION: path => `There is no permission for ${path}. Run this as the user of the server.`,
  READ_ONLY: path => `${path} is read-only. Nothing was changed.`,
  DISK_FULL: path => `There is no space left for ${path}. Nothing was changed.`,
  DAMAGED: path => `${path} is damaged, or not a history of chatty. Nothing was changed.`,
  TOO_NEW: path => `${path} was written by a newer chatty. Install that version.`,
  LOG_LOST: path => `${path} is not what the log of the room says.`,
  OTHER_LOG: path => `${path} is of another log.`,
  OTHER_RULES: path => `${path} goes by other rules.`,
  NO_LIST: path => `The list of names ${path} cannot be read.`,
  UNUSABLE: path => `${path} cannot be used: it is not a history of chatty, or its folder does not exist.`,
};

/** What is made of the log is not restored by hand: the next start would go by a log that says otherwise. */
export function refuseCopy(command: Command, flags: Record<string, unknown>): void {
  const folder = chosenFolder(command, flags);
  if (isCopy(folder))
    fail(
      command,
      `${visible(folder)} is a copy of a room that several servers share: they make it of their log, which is restored at the brokers. To serve a backup with one server, restore it in a folder of its own.`,
      NO_HISTORY,
    );
}

/** Does something with the history that the flags name; what cannot be done is said in a line. */
export async function withArchive<T>(
  command: Command,
  flags: Record<string, unknown>,
  work: (archive: HistoryArchive) => Promise<T>,
): Promise<T> {
  const folder = chosenFolder(command, flags);
  const shared = sharedRoomIn(folder);
  if (shared?.objection !== undefined) fail(command, shared.objection, NO_HISTORY);
  if (shared !== undefined) command.logToStderr(shared.note);
  const [{ createArchive }, { TOKENS }] = await Promise.all([
    import('../container/server.js'),
    import('../container/tokens.js'),
  ]);
  const container = await createArchive(folder);
  try {
    return await work(container.get(TOKENS.HistoryArchive));
  } catch (error) {
    if (error instanceof RoomLogFailure || error instanceof ArchiveFailure)
      return fail(command, FAILURES[error.code](visible(error.path)), NO_HISTORY);
    throw error;
  }
}

/** `3 messages, the last event at 2026-03-01 14:05`. */
export function summaryText({ messages, lastAt }: HistorySummary): string {
  const count = messages === 1 ? '1 message' : `${messages} messages`;
  return lastAt === undefined ? count : `${count}, the last event at ${localTime(lastAt)}`;
}
