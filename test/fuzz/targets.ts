import { byteLines } from './byte-lines.js';
import { clientViews } from './client-views.js';
import { firstBytes } from './first-bytes.js';
import { keyBytes } from './key-bytes.js';
import { roomSessions } from './room-sessions.js';
import { sshKeys } from './ssh-keys.js';
import type { FuzzTarget } from './target.js';
import { webFrames } from './web-frames.js';
import { wireCommands, writtenCommands } from './wire-commands.js';
import { wireResponses } from './wire-responses.js';

/** Everything that bytes from outside reach first. */
export const TARGETS: Readonly<Record<string, FuzzTarget>> = {
  'first-bytes': firstBytes,
  lines: byteLines,
  commands: wireCommands,
  'written-commands': writtenCommands,
  responses: wireResponses,
  keys: keyBytes,
  'ssh-keys': sshKeys,
  'web-frames': webFrames,
  room: roomSessions,
  client: clientViews,
};
