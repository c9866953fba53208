import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { Log, LogLevel } from '../../application/ports.js';

/**
 * The one place where logging is set up: to `output`, for people in a terminal, as one JSON object per line
 * everywhere else. A pino logger is a Log as it is.
 */
export function createPinoLog(level: LogLevel, output: NodeJS.WritableStream & { isTTY?: boolean }): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (output.isTTY !== true) return pino(options, output);
  return pino(
    options,
    pretty({
      destination: output,
      colorize: !('NO_COLOR' in process.env),
      translateTime: 'HH:MM:ss',
      singleLine: true,
    }),
  );
}
