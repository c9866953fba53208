import type { Logger } from '../application/server/service-ports.js';

/** What a server has open beside its connections: the history, the listening sockets, Node's own. */
const OWN_FILES = 64;

/**
 * Where there are no files left the system cuts connections before the program hears of them: nothing could be logged then.
 * @param limit how many files may be open; nothing where nobody knows
 */
export function warnOfFewFiles(
  limit: number | undefined,
  maxConnections: number,
  logger: Pick<Logger, 'warn'>,
): void {
  const needed = maxConnections + OWN_FILES;
  if (limit === undefined || limit >= needed) return;
  logger.warn({ files: limit, needed }, 'fewer files may be open than there may be connections');
}
