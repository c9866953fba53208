import type { TabLock } from './tab-sessions.js';

/**
 * The locks of the browser, which the tabs of one origin share; nothing where there are none (plain text from elsewhere).
 * @param room of several behind one host, which one
 */
export function tabLock(locks: LockManager | undefined, room: string): TabLock | undefined {
  if (locks === undefined) return undefined;
  return {
    take(name, steal, onLost) {
      const taken = Promise.withResolvers<(() => void) | undefined>();
      const held = Promise.withResolvers<void>();
      const options = steal ? { steal } : { ifAvailable: true };
      const whole = locks.request(room + name, options, lock => {
        taken.resolve(lock === null ? undefined : held.resolve);
        return lock === null ? undefined : held.promise;
      });
      whole.catch(() => {
        onLost();
        taken.resolve(() => {}); // as if there were none
      });
      return taken.promise;
    },
  };
}
