import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { visible } from '../adapters/view/visible.js';

/** Of each room and each log that it had, a folder in this one of the data folder. */
const ROOMS = 'rooms';
const HISTORY = 'room.db';

/** Whether the server with this data folder shares a room with others, or did. */
export function hasShared(dataDir: string): boolean {
  return existsSync(join(dataDir, ROOMS));
}

/** What whoever handles the history in a data folder has to know, because its server shares a room with others, or did. */
export interface SharedRoom {
  /** Why there is nothing to be handled; nothing where there is a history of one server, too. */
  readonly objection: string | undefined;
  readonly note: string;
}

/** Nothing where no room is shared. */
export function sharedRoomIn(dataDir: string): SharedRoom | undefined {
  const copies = copiesIn(dataDir).map(visible);
  const folder = visible(dataDir);
  if (copies.length === 0) return undefined;
  const where = `Its copy of that room is in ${copies.join(' and ')}: give that folder with --data-dir.`;
  return {
    objection: existsSync(join(dataDir, HISTORY))
      ? undefined
      : `The server with the folder ${folder} shares a room with others. ${where}`,
    note: `This is about the history that the server with ${folder} keeps alone; it has shared a room with others as well. ${where}`,
  };
}

/** Whether a folder is a copy of a room that several servers share: it is made of their log. */
export function isCopy(dataDir: string): boolean {
  return basename(dirname(dirname(dataDir))) === ROOMS && existsSync(join(dataDir, HISTORY));
}

function copiesIn(dataDir: string): string[] {
  const rooms = foldersIn(join(dataDir, ROOMS));
  return rooms.flatMap(foldersIn).filter(copy => existsSync(join(copy, HISTORY)));
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path).map(name => join(path, name));
  } catch {
    return [];
  }
}
