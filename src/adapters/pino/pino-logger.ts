import { Writable } from 'node:stream';
import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { Logger, LogLevel } from '../../application/server/ports.js';

/** Most bytes of the log that wait for a reader; beyond, lines are left out. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/**
 * The one place where logging is set up: to `output`, for people in a terminal, as one JSON object per line
 * everywhere else. A pino logger is a Logger as it is.
 */
export function createPinoLogger(level: LogLevel, output: Writable & { isTTY?: boolean }): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  // A log that nobody reads is no reason for a room to end, nor to fill the memory: it is what is given up.
  output.on('error', () => {});
  const destination = new Writable({
    write(line, _encoding, done) {
      if (output.writableLength < MAX_UNREAD_BYTES) output.write(line);
      done();
    },
  });
  if (output.isTTY !== true) return pino(options, destination);
  const colorize = !('NO_COLOR' in process.env);
  return pino(options, pretty({ destination, colorize, translateTime: 'HH:MM:ss', singleLine: true }));
}
