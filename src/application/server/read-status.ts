import type { ChatRoom } from '../../domain/chat-room.js';
import type { ServerStatus } from '../server-status.js';
import type { Broadcaster } from './broadcast-ports.js';
import type { Meter } from './meter.js';
import type { Readiness } from './readiness.js';
import type { RoomLog } from './room-log-ports.js';
import type { ProcessVitals } from './service-ports.js';
import type { Connections } from './transport-ports.js';

/** What does not change while the server runs. */
export interface AboutServer {
  readonly version: string;
  readonly runtime: string;
  /** When it was started, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** How much the server may have at present. */
export interface StatusLimits {
  readonly maxConnections: number;
  readonly maxLogBytes: number;
}

/** Somebody wants to know how the server is. */
export class ReadStatus {
  readonly #startedAt = performance.now();

  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: Pick<RoomLog, 'size' | 'cluster'>,
    private readonly broadcaster: Pick<Broadcaster, 'load'>,
    private readonly connections: Pick<Connections, 'load'>,
    private readonly readiness: Pick<Readiness, 'stage' | 'objection'>,
    private readonly meter: Meter,
    private readonly vitals: Pick<ProcessVitals, 'read'>,
    private readonly about: AboutServer,
    private readonly limits: StatusLimits,
  ) {}

  execute(): ServerStatus {
    const { room, meter, about, limits } = this;
    const { objection, stage } = this.readiness;
    const { cluster } = this.roomLog;
    return {
      stage,
      ...(objection !== undefined && { objection }),
      version: about.version,
      runtime: about.runtime,
      startedAt: about.startedAt,
      uptimeMs: performance.now() - this.#startedAt,
      room: { members: room.size, away: this.#away() },
      events: { messages: meter.messages, joins: meter.joins, leaves: meter.leaves },
      connections: {
        ...this.connections.load,
        limit: limits.maxConnections,
        accepted: meter.accepted,
        ended: meter.ended.counts,
      },
      sessions: { resumed: meter.resumed, gaps: meter.gaps },
      broadcast: {
        ...this.broadcaster.load,
        dropped: meter.dropped,
        logLimit: limits.maxLogBytes,
        delays: meter.delays.taken,
      },
      history: { ...this.roomLog.size, failures: meter.failures, writes: meter.writes.taken },
      ...(cluster !== undefined && { cluster }),
      refusals: meter.refusals.counts,
      limits: meter.limits.counts,
      program: this.vitals.read(),
    };
  }

  #away(): number {
    let away = 0;
    for (const { session } of this.room.users) if (session.isAway) away++;
    return away;
  }
}
