import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLogFile } from '../../src/adapters/audit-log/audit-log-file.js';
import { MemoryModerationLog } from '../../src/adapters/memory/memory-moderation-log.js';
import { NatsModerationLog } from '../../src/adapters/nats/nats-moderation-log.js';
import type { ModerationLog } from '../../src/application/server/moderation-ports.js';
import type { ModerationEntry } from '../../src/domain/moderation.js';
import { natsConnection, roomsOfBroker } from './journals.js';
import { temporaryFolder } from './room-logs.js';

/** One log, and what a test may do to it from outside. */
export interface ModerationLogUnderTest {
  readonly log: ModerationLog;
  /** Another log on what this one has kept, once it is closed; absent when nothing outlives it. */
  reopen?(): ModerationLog;
  /** The log of another server, at the same time; absent when it is one server's alone. */
  ofOtherServer?(): ModerationLog;
  dispose(): void | Promise<void>;
}

type Create = () => ModerationLogUnderTest | Promise<ModerationLogUnderTest>;

/** One entry for every ModerationLog: called within a suite, it gives what makes one for a test. */
export const MODERATION_LOGS: Record<string, () => Create> = {
  MemoryModerationLog: () => () => ({ log: new MemoryModerationLog(), dispose: () => {} }),
  AuditLogFile: () => () => {
    const folder = temporaryFolder();
    const reopen = () => new AuditLogFile(join(folder, 'new'));
    return { log: reopen(), reopen, dispose: () => rmSync(folder, { recursive: true }) };
  },
  NatsModerationLog: () => {
    const rooms = roomsOfBroker();
    return async () => {
      const { broker, options } = await rooms();
      const made: ModerationLog[] = [];
      const reopen = () => {
        const log = new NatsModerationLog(natsConnection([broker]), options, () => true);
        made.push(log);
        return log;
      };
      // Also of a test that has failed none stays connected.
      const dispose = async () => {
        for (const log of made) await log.close();
      };
      return { log: reopen(), reopen, ofOtherServer: reopen, dispose };
    };
  },
};

export const topic = (text: string): ModerationEntry => ({
  type: 'TopicSet',
  at: 1,
  by: 'anna',
  topic: text,
});

/** Opens a log, and collects what it tells from then on. */
export async function openedLog(log: ModerationLog): Promise<ModerationEntry[]> {
  const told: ModerationEntry[] = [];
  await log.open(entry => told.push(entry));
  return told;
}

/** All that a log has kept. */
export async function entriesOf(log: ModerationLog): Promise<readonly ModerationEntry[]> {
  const entries = await openedLog(log);
  await log.close();
  return entries;
}
