import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** How large a history's files are, and how much more of their disk this user may have, in bytes; absent where the system does not say. */
export function sizeOfFiles(path: string): { fileBytes?: number; freeBytes?: number } {
  try {
    const changes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const { bavail, bfree, bsize } = statfsSync(dirname(path));
    const free = process.getuid?.() === 0 ? bfree : bavail;
    return { fileBytes: statSync(path).size + changes, freeBytes: free * bsize };
  } catch {
    return {};
  }
}
