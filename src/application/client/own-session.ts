import type { OtherProgram, OwnSession, OwnSessions } from './ports.js';
import { randomText } from './random-text.js';

/** 288 bits. */
const TOKEN_LENGTH = 72;

/** How often a program that has the name is looked for, in milliseconds, more or less. */
const LOOK_MS = 150;

/** A session that nothing is known of yet, and of which nothing is written down. */
export function newSession(): OwnSession {
  return {
    saved: { token: randomText(TOKEN_LENGTH), attempt: 0 },
    readTo() {},
    forget() {},
    release() {},
  };
}

/** Where nothing can be kept: every session is a new one. */
export const NO_SESSIONS: OwnSessions = { claim: async () => newSession() };

/** Whether another program of this person speaks under the name. */
export function isOther(claimed: OwnSession | OtherProgram): claimed is OtherProgram {
  return 'pid' in claimed;
}

/** Waits so long for another program of the same person to end; resolves to it when it has not. */
export async function claimWithin(
  sessions: OwnSessions,
  username: string,
  waitMs: number,
  isStopped: () => boolean = () => false,
): Promise<OwnSession | OtherProgram> {
  const until = performance.now() + waitMs;
  for (;;) {
    const claimed = await sessions.claim(username);
    if (!isOther(claimed) || performance.now() >= until || isStopped()) return claimed;
    // Of many that wait, none looks at the same moment.
    await new Promise(resolve => setTimeout(resolve, LOOK_MS * (0.5 + Math.random())));
  }
}
