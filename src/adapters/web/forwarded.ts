import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** An address with its port, as some proxies write it. */
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;

/**
 * Whose request a proxy has passed on: each proxy adds to X-Forwarded-For whom it has it from, so that is the last one who is no
 * proxy. What stands before was said by them, and is not believed.
 * @returns nothing when no proxy says it
 */
export function forwardedFor(
  { headers }: Pick<IncomingMessage, 'headers'>,
  isProxy: (address: string) => boolean,
): string | undefined {
  let last: string | undefined;
  for (const part of [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').reverse()) {
    const [, six, four] = WITH_PORT.exec(part.trim()) ?? [];
    const address = six ?? four ?? part.trim();
    if (isIP(address) === 0) return last;
    last = address;
    if (!isProxy(address)) return last;
  }
  return last;
}
