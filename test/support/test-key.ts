import { ServerKey } from '../../src/adapters/tls/listen/server-key.js';
import { MemoryLogger } from '../doubles/memory-logger.js';

let key: ServerKey | undefined;

/** A server's key in memory, the same one for all tests. */
export function testKey(): ServerKey {
  if (key === undefined) {
    key = new ServerKey({}, new MemoryLogger());
    key.open();
  }
  return key;
}
