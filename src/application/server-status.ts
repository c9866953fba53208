// How a server is, in numbers: what its metrics and `chatty server:status` tell. Every count is since its start.

/** Where a server is in its life. DRAINING: it was asked to stop, and sends its clients away. STOPPING: they are gone. */
export type Stage = 'STARTING' | 'OPEN' | 'DRAINING' | 'STOPPING';

/** Why a server is not ready for clients. */
export type NotReady = Exclude<Stage, 'OPEN'> | 'DISK_FULL' | 'NOT_RECORDED';

/** How many things took how long, in milliseconds: `counts` has one more than `bounds`, for what took longer. */
export interface TimesTaken {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
}

/** What a history holds, and may hold. */
export interface HistorySize {
  readonly messages: number;
  /** Of messages, as the quota counts them. */
  readonly bytes: number;
  readonly messagesLimit: number;
  readonly bytesLimit: number;
  /** Of its files, and what is left on their disk. */
  readonly fileBytes?: number;
  readonly freeBytes?: number;
}

/** How one server of a room sees the others, and the log that they share. */
export interface ClusterLoad {
  /** Of the room, this one included. */
  readonly servers: number;
  readonly isConnected: boolean;
  /** Of what was asked of the room here, what is not recorded yet. */
  readonly waiting: number;
  /** Users in the room who are connected to this server, or are waited for here. */
  readonly members: number;
  /** The place of the last entry of the log that was read. */
  readonly position: number;
}

export interface ConnectionsLoad {
  readonly encrypted: number;
  readonly plain: number;
  /** By the way that they have come; none that was never wanted need be named. */
  readonly transports: Readonly<Record<string, number>>;
  /** Bytes that were written to them and that the system has not taken yet. */
  readonly waitingBytes: number;
}

export interface BroadcastLoad {
  /** Readers that have not taken all there is. */
  readonly behind: number;
  /** Bytes of events that are kept for them. */
  readonly logBytes: number;
  /** Events that were handed over, one for each reader. */
  readonly deliveries: number;
  /** Whether senders wait for readers. */
  readonly isCongested: boolean;
}

/** What the system knows of the process. */
export interface ProcessReading {
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  /** How long the event loop has worked, and not waited. */
  readonly busyMs: number;
  /** Sockets, timers and all else that keeps it running. */
  readonly handles: number;
  readonly openFiles?: number;
  readonly openFilesLimit?: number;
  /** How much later than it should the event loop has turned, in the last 10 to 20 seconds. */
  readonly loopDelayMs: { readonly mean: number; readonly p99: number; readonly max: number };
}

type Counts = Readonly<Record<string, number>>;

export interface ServerStatus {
  readonly stage: Stage;
  /** Absent when it is ready. */
  readonly objection?: NotReady;
  /** Of chatty, and of Node. */
  readonly version: string;
  readonly runtime: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly uptimeMs: number;
  readonly room: { readonly members: number; readonly away: number };
  readonly events: { readonly messages: number; readonly joins: number; readonly leaves: number };
  readonly connections: ConnectionsLoad & {
    readonly limit: number;
    readonly accepted: number;
    /** By reason, as in the log. */
    readonly ended: Counts;
  };
  readonly sessions: { readonly resumed: number; readonly gaps: number };
  readonly broadcast: BroadcastLoad & {
    readonly dropped: number;
    readonly logLimit: number;
    /** From recorded to handed over, of the first message of each batch. */
    readonly delays: TimesTaken;
  };
  readonly history: HistorySize & { readonly failures: number; readonly writes: TimesTaken };
  /** Absent where the room has one server. */
  readonly cluster?: ClusterLoad;
  /** By code, as on the wire. */
  readonly refusals: Counts;
  /** By the flag that sets the limit. */
  readonly limits: Counts;
  readonly program: ProcessReading;
}
