import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Logger, LogLevel } from '../../application/server/service-ports.js';
import { escaped } from './unsafe.js';

/** Most bytes of the log that wait for a reader; beyond, lines are left out. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/**
 * Logs to `output`, one JSON object a line, or what `format` makes of it. A pino logger is a Logger as it is; its level may be set.
 * @param addressText what is written of the address of somebody
 */
export function createPinoLogger(
  level: LogLevel,
  output: Writable,
  format: (destination: Writable) => Writable = jsonLines,
  addressText: (address: string) => string = address => address,
): Logger & { level: string } {
  const options = {
    ...{ level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    formatters: {
      log: (fields: Record<string, unknown>) =>
        typeof fields.address === 'string' ? { ...fields, address: addressText(fields.address) } : fields,
    },
  };
  // A log that nobody reads is no reason for a room to end, nor to fill the memory: it is what is given up.
  output.on('error', () => {});
  const destination = new Writable({
    write(line, _encoding, done) {
      if (output.writableLength < MAX_UNREAD_BYTES) output.write(line);
      done();
    },
  });
  return pino(options, format(destination));
}

/** A line of pino's at a time, and in it nothing that a terminal which shows the log would act on: pino lets some pass. */
function jsonLines(destination: Writable): Writable {
  return new Writable({
    decodeStrings: false,
    write(line, _encoding, done) {
      destination.write(`${escaped(String(line).trimEnd())}\n`);
      done();
    },
  });
}
