import { ReplicatedRoomLog } from '../../src/application/server/cluster/replicated-room-log.js';
import type { SessionPolicy } from '../../src/application/server/handshake.js';
import { MemoryBroker, MemoryJournal } from '../doubles/memory-journal.js';
import { MemoryRoomCopies } from '../doubles/memory-room-copies.js';
import { PLENTY, REPLICA } from './room-logs.js';
import { OpenedRoom } from './use-cases.js';

/** A server of a room that is shared, and the wire from it to the broker. */
export interface TestServer {
  readonly name: string;
  readonly journal: MemoryJournal;
  readonly log: ReplicatedRoomLog;
  readonly opened: OpenedRoom;
}

/** Servers of one room in this process, over one broker. */
export class TestServers {
  readonly broker = new MemoryBroker();
  readonly all: TestServer[] = [];
  #incarnations = 0;

  async start(name: string, policy: Partial<SessionPolicy> = {}, rules = 'of tests'): Promise<TestServer> {
    const journal = new MemoryJournal(this.broker);
    const log = new ReplicatedRoomLog(journal, new MemoryRoomCopies(PLENTY), {
      ...REPLICA,
      ...{ name, rules },
      ...(policy.graceMs !== undefined && { waitMs: () => policy.graceMs as number }),
      newIncarnation: () => `${name}-${++this.#incarnations}`,
    });
    const opened = await OpenedRoom.over(log, policy, `token of ${name}`);
    const server = { name, journal, log, opened };
    this.all.push(server);
    return server;
  }

  /** As if the process was killed: nothing more of it is heard. */
  kill(server: TestServer): void {
    server.journal.cut();
    this.all.splice(this.all.indexOf(server), 1);
  }

  async close(): Promise<void> {
    this.broker.deliveries = () => 1;
    this.broker.isDown = false;
    for (const { journal, log } of this.all) {
      journal.thaw();
      await log.close();
    }
  }
}
