import type { ServerStatus } from '../../src/application/server-status.js';

const TIMES = { bounds: [1, 10], counts: [98, 1, 1], sumMs: 123 };

/** A server that has done a little of everything. */
export const STATUS: ServerStatus = {
  stage: 'OPEN',
  version: '1.2.3',
  runtime: 'v24.0.0',
  startedAt: 1_700_000_000_000,
  uptimeMs: 3_725_000,
  room: { members: 1234, away: 5 },
  events: { messages: 1000, joins: 1300, leaves: 66 },
  connections: {
    encrypted: 1200,
    plain: 29,
    transports: { tcp: 1000, web: 200, ssh: 29 },
    waitingBytes: 2048,
    limit: 10_000,
    accepted: 1500,
    ended: { LEFT: 200, TOO_SLOW: 71 },
  },
  sessions: { resumed: 7, gaps: 1 },
  broadcast: {
    behind: 3,
    logBytes: 1536,
    deliveries: 1_234_000,
    isCongested: false,
    dropped: 2,
    logLimit: 16 * 1024 * 1024,
    delays: TIMES,
  },
  history: {
    messages: 900,
    bytes: 90_000,
    messagesLimit: 250_000,
    bytesLimit: 1024 ** 3,
    fileBytes: 5_000_000,
    freeBytes: 2 * 1024 ** 4,
    failures: 4,
    writes: TIMES,
  },
  cluster: { servers: 3, isConnected: true, waiting: 2, members: 400, position: 12_345 },
  refusals: { NAME_TAKEN: 6 },
  limits: { 'message-rate': 9, 'byte-rate': 0 },
  program: {
    residentBytes: 90e6,
    heapBytes: 30e6,
    externalBytes: 5e6,
    cpuUserMs: 12_000,
    cpuSystemMs: 3000,
    busyMs: 20_000,
    handles: 1250,
    openFiles: 1260,
    openFilesLimit: 20_000,
    loopDelayMs: { mean: 0.5, p99: 2, max: 40 },
  },
};
