import { Refusal, type RefusalCode } from '../../domain/refusal.js';

/** Longest wait for what becomes of a change, in milliseconds: a client waits for ten seconds. */
const KNOWN_MS = 8000;

/**
 * What becomes of a change that another machine keeps. It may be kept though that machine does not answer: then the work goes
 * on until that is known, and whoever waits is told so.
 * @throws {Refusal} OUTCOME_UNKNOWN, or another code where nothing that was asked for depends on it
 */
export async function knownInTime<T>(
  work: Promise<T>,
  code: RefusalCode = 'OUTCOME_UNKNOWN',
  withinMs = KNOWN_MS,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Refusal(code)), withinMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
