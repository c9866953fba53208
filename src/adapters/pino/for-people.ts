import type { Writable } from 'node:stream';
import pretty from 'pino-pretty';

/** Makes lines for people of pino's JSON. Loaded at a terminal only. */
export function forPeople(destination: Writable): Writable {
  const colorize = !('NO_COLOR' in process.env);
  return pretty({ destination, colorize, translateTime: 'HH:MM:ss', singleLine: true });
}
