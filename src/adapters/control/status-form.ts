import type { ServerStatus } from '../../application/server-status.js';

// The one question that is not of the wire: members of the room cannot ask how the server is.

export const STATUS_REQUEST = '{"Status":{}}';

export function encodeStatus(status: ServerStatus): string {
  return `${JSON.stringify({ Status: status })}\n`;
}

/** What a server of this version has from its first to its last field. */
const PARTS = ['room', 'events', 'connections', 'sessions', 'broadcast', 'history', 'limits', 'program'];

/** Nothing for the answer of another version. */
export function decodeStatus(line: Buffer): ServerStatus | undefined {
  try {
    const { Status: status } = JSON.parse(line.toString());
    const isWhole = PARTS.every(part => typeof status[part] === 'object' && status[part] !== null);
    return isWhole ? status : undefined;
  } catch {
    return undefined;
  }
}
