import type { NotReady, Stage } from '../../application/server-status.js';
import { counter, counters, gauge, gauges, histogram, type Metric } from './samples.js';

const STAGES: readonly Stage[] = ['STARTING', 'OPEN', 'DRAINING', 'STOPPING'];
const UNRECORDED: readonly (NotReady | undefined)[] = ['DISK_FULL', 'NOT_RECORDED'];

const seconds = (ms: number) => ms / 1000;

/** Everything that is told, in the order in which it is. docs/metrics.md explains each. */
export const METRICS: readonly Metric[] = [
  {
    type: 'gauge',
    name: 'chatty_build_info',
    help: 'Always 1; the labels are the versions of chatty and of Node.',
    read: ({ version, runtime }) => [{ labels: { version, node: runtime }, value: 1 }],
  },
  gauge('start_time_seconds', 'When the server was started, in seconds since 1970.', s =>
    seconds(s.startedAt),
  ),
  gauge('ready', '1 while clients should come here, otherwise 0.', s => (s.objection === undefined ? 1 : 0)),
  gauges('stage', '1 for where the server is in its life, 0 for the others.', 'stage', s =>
    Object.fromEntries(STAGES.map(stage => [stage, s.stage === stage ? 1 : 0])),
  ),
  gauges('connections', 'Connections that are open now.', 'encryption', s => ({
    tls: s.connections.encrypted,
    none: s.connections.plain,
  })),
  gauges(
    'transport_connections',
    'Connections that are open now, by the way that they have come.',
    'transport',
    s => s.connections.transports,
  ),
  gauge('connections_limit', 'Connections that may be open at a time.', s => s.connections.limit),
  counter('connections_accepted_total', 'Connections that were served.', s => s.connections.accepted),
  counters('connections_ended_total', 'Connections that ended, by why.', 'reason', s => s.connections.ended),
  gauge(
    'connections_waiting_bytes',
    'Bytes written to connections that the system has not taken yet.',
    s => s.connections.waitingBytes,
  ),
  gauge('members', 'Users in the room, those included whose connection is down.', s => s.room.members),
  gauge('sessions_away', 'Users whose connection is down and who are waited for.', s => s.room.away),
  counter('joins_total', 'Users who came in.', s => s.events.joins),
  counter('leaves_total', 'Users who left.', s => s.events.leaves),
  counter('messages_total', 'Messages that were recorded.', s => s.events.messages),
  counter(
    'deliveries_total',
    'Messages, joins and leaves that were handed to connections, one for each reader.',
    s => s.broadcast.deliveries,
  ),
  histogram(
    'delivery_delay_seconds',
    'Seconds from recording the first message of a batch to handing the batch to all who keep up.',
    s => s.broadcast.delays,
  ),
  gauge('readers_behind', 'Readers that have not taken all there is.', s => s.broadcast.behind),
  counter(
    'readers_dropped_total',
    'Readers that were disconnected because they were too slow.',
    s => s.broadcast.dropped,
  ),
  gauge('congested', '1 while senders wait for most readers, otherwise 0.', s =>
    s.broadcast.isCongested ? 1 : 0,
  ),
  gauge(
    'shared_log_bytes',
    'Bytes of events kept in memory for readers that are behind.',
    s => s.broadcast.logBytes,
  ),
  gauge('shared_log_limit_bytes', 'Bytes that may be kept so, of each form of the wire.', s => {
    return s.broadcast.logLimit;
  }),
  counter(
    'sessions_resumed_total',
    'Sessions that went on with another connection.',
    s => s.sessions.resumed,
  ),
  counter('gaps_total', 'Clients that came back and were told that messages are missing.', s => {
    return s.sessions.gaps;
  }),
  counters('refusals_total', 'Commands that were refused, by the code of the refusal.', 'code', s => {
    return s.refusals;
  }),
  counters('limits_reached_total', 'How often a limit was reached, by its flag.', 'limit', s => s.limits),
  gauge('history_writable', '1 while what is said can be recorded, otherwise 0.', s =>
    UNRECORDED.includes(s.objection) ? 0 : 1,
  ),
  counter('history_failures_total', 'Batches that the history did not take.', s => s.history.failures),
  histogram(
    'history_write_seconds',
    'Seconds that the history took to record a batch of events.',
    s => s.history.writes,
  ),
  gauge('history_messages', 'Messages in the history.', s => s.history.messages),
  gauge(
    'history_messages_limit',
    'Messages that the history keeps; beyond it, some are removed.',
    s => s.history.messagesLimit,
  ),
  gauge('history_bytes', 'Bytes of messages in the history, as its limit counts them.', s => s.history.bytes),
  gauge(
    'history_limit_bytes',
    'Bytes of messages that the history keeps; beyond it, some are removed.',
    s => s.history.bytesLimit,
  ),
  gauge('history_file_bytes', 'Bytes of the files of the history.', s => s.history.fileBytes),
  gauge('disk_free_bytes', 'Bytes that are left on the disk of the history.', s => s.history.freeBytes),
  gauge('cluster_servers', 'Servers of the room, this one included.', s => s.cluster?.servers),
  gauge('cluster_connected', '1 while a broker is reached, otherwise 0.', ({ cluster }) =>
    cluster === undefined ? undefined : Number(cluster.isConnected),
  ),
  gauge('cluster_members', 'Users of the room who are connected here, or waited for here.', s => {
    return s.cluster?.members;
  }),
  gauge('cluster_waiting', 'Of what was asked of the room here, what is not recorded yet.', s => {
    return s.cluster?.waiting;
  }),
  gauge('cluster_position', 'The place of the last entry of the log that was read.', s => {
    return s.cluster?.position;
  }),
  gauges(
    'event_loop_delay_seconds',
    'Seconds that the event loop was late, in the last 10 to 20 seconds.',
    'of',
    ({ program: { loopDelayMs } }) => ({
      mean: seconds(loopDelayMs.mean),
      p99: seconds(loopDelayMs.p99),
      max: seconds(loopDelayMs.max),
    }),
  ),
  counter('event_loop_busy_seconds_total', 'Seconds in which the event loop had work.', s => {
    return seconds(s.program.busyMs);
  }),
  counters('process_cpu_seconds_total', 'Seconds of processor time that the process took.', 'mode', s => ({
    user: seconds(s.program.cpuUserMs),
    system: seconds(s.program.cpuSystemMs),
  })),
  gauge('process_resident_memory_bytes', 'Bytes of memory that the process has.', s => {
    return s.program.residentBytes;
  }),
  gauge('process_heap_bytes', 'Bytes of them in use for objects of JavaScript.', s => s.program.heapBytes),
  gauge(
    'process_external_memory_bytes',
    'Bytes of buffers and other memory outside of that heap.',
    s => s.program.externalBytes,
  ),
  gauge('process_handles', 'Sockets, timers and all else that the event loop waits for.', s => {
    return s.program.handles;
  }),
  gauge('process_open_files', 'File descriptors that are open, sockets included.', s => s.program.openFiles),
  gauge('process_open_files_limit', 'File descriptors that may be open.', s => s.program.openFilesLimit),
] satisfies readonly Metric[];
