/** What has become of a change is not known, and is not found out any more. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** Rejects with this sentence when it takes longer; what was asked for goes on. */
export async function inTime<T>(asked: Promise<T>, ms: number, sentence: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(sentence)), ms);
  try {
    return await Promise.race([asked, promise]);
  } finally {
    clearTimeout(timer);
  }
}
