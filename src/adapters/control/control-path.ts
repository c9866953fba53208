import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/** Where a server is spoken to by whoever has its machine: a socket in its data folder; on Windows, a named pipe. */
export function controlPath(folder: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return join(folder, 'control.sock');
  const name = createHash('sha256').update(resolve(folder).toLowerCase()).digest('hex').slice(0, 32);
  return `\\\\.\\pipe\\chatty-${name}`;
}
