import type {
  ClusterLoad,
  NotReady,
  ServerStatus,
  Stage,
  TimesTaken,
} from '../../application/server-status.js';
import { visible } from '../view/visible.js';
import { foldText } from './fold-text.js';

/** What happened between two readings, a second; parts of 1 where it is time. */
export interface Rates {
  readonly seconds: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly connections: number;
  readonly cpu: number;
  readonly busy: number;
}

/** Nothing when the readings are of two starts, or of one moment. */
export function ratesBetween(before: ServerStatus, now: ServerStatus): Rates | undefined {
  const ms = now.uptimeMs - before.uptimeMs;
  if (now.startedAt !== before.startedAt || ms <= 0) return undefined;
  const rate = (read: (status: ServerStatus) => number) => (read(now) - read(before)) / (ms / 1000);
  return {
    seconds: ms / 1000,
    messages: rate(status => status.events.messages),
    deliveries: rate(status => status.broadcast.deliveries),
    connections: rate(status => status.connections.accepted),
    cpu: rate(({ program }) => program.cpuUserMs + program.cpuSystemMs) / 1000,
    busy: rate(({ program }) => program.busyMs) / 1000,
  };
}

const NAME_COLUMNS = 13;

const TOP = '\u001b[H';
const REST_OF_ROW = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

const STAGES: Record<Stage, string> = {
  STARTING: 'starting',
  OPEN: 'open',
  DRAINING: 'sending its clients away',
  STOPPING: 'stopping',
};

const OBJECTIONS: Partial<Record<NotReady, string>> = {
  DISK_FULL: 'NOT READY: the disk is full, nothing can be recorded',
  NOT_RECORDED: 'NOT READY: the history cannot be written',
};

/** How a server is, for people: a line for each part. */
export function reportOf(status: ServerStatus, rates: Rates | undefined): string[] {
  const { room, events, connections, broadcast, sessions, history, program } = status;
  const objection = status.objection && OBJECTIONS[status.objection];
  const rate = (value: number | undefined) => (value === undefined ? '' : ` (${decimal(value)}/s)`);
  const open = connections.encrypted + connections.plain;
  const { loopDelayMs } = program;
  const load =
    rates === undefined ? '' : `, CPU ${percent(rates.cpu)}, event loop ${percent(rates.busy)} busy`;
  const lines: [name: string, ...parts: string[]][] = [
    [
      'Server',
      `chatty ${visible(status.version)} on Node ${visible(status.runtime)}`,
      `up ${span(status.uptimeMs)}`,
      objection ?? STAGES[status.stage],
    ],
    [
      'Room',
      `${whole(room.members)} here, ${whole(room.away)} of them away`,
      `${whole(events.joins)} came in, ${whole(events.leaves)} left`,
    ],
    [
      'Messages',
      `${whole(events.messages)}${rate(rates?.messages)}`,
      `${whole(broadcast.deliveries)} delivered${rate(rates?.deliveries)}`,
      `handed over ${times(broadcast.delays)}`,
    ],
    [
      'Readers',
      `${whole(broadcast.behind)} behind, ${whole(broadcast.dropped)} dropped`,
      `${bytes(connections.waitingBytes)} waiting`,
      `${bytes(broadcast.logBytes)} of ${bytes(broadcast.logLimit)} kept for them`,
      ...(broadcast.isCongested ? ['SENDERS WAIT'] : []),
    ],
    [
      'Connections',
      `${whole(open)} of ${whole(connections.limit)}, ${whole(connections.encrypted)} encrypted`,
      `${whole(connections.accepted)} since the start${rate(rates?.connections)}`,
    ],
    ['Sessions', `${whole(sessions.resumed)} resumed`, `${whole(sessions.gaps)} with messages missing`],
    [
      'History',
      `${whole(history.messages)} of ${whole(history.messagesLimit)} messages`,
      `${bytes(history.bytes)} of ${bytes(history.bytesLimit)}`,
      ...(history.fileBytes === undefined ? [] : [`files ${bytes(history.fileBytes)}`]),
      ...(history.freeBytes === undefined ? [] : [`disk ${bytes(history.freeBytes)} free`]),
      `written ${times(history.writes)}`,
      `${whole(history.failures)} failed`,
    ],
    ...(status.cluster === undefined ? [] : [clusterLine(status.cluster)]),
    [
      'Process',
      `${bytes(program.residentBytes)}, ${bytes(program.heapBytes)} of them heap${load}`,
      `late ${decimal(loopDelayMs.p99)} ms (p99), ${decimal(loopDelayMs.max)} ms at most`,
      ...(program.openFiles === undefined
        ? []
        : [`${whole(program.openFiles)} files of ${whole(program.openFilesLimit ?? 0)}`]),
    ],
    ['Ended', counts(connections.ended)],
    ['Refused', counts(status.refusals)],
    ['Limits', counts(status.limits)],
  ];
  return lines.map(([name, ...parts]) => `${name.padEnd(NAME_COLUMNS)}${parts.join('; ')}`);
}

function clusterLine({
  servers,
  isConnected,
  members,
  waiting,
  position,
}: ClusterLoad): [string, ...string[]] {
  return [
    'Cluster',
    `${whole(servers)} ${servers === 1 ? 'server' : 'servers'}, ${whole(members)} of the room here`,
    isConnected ? `entry ${whole(position)} of the log` : 'NO BROKER IS REACHED',
    `${whole(waiting)} waiting`,
  ];
}

/** What is shown in place of a report while the server is down. */
export const NO_ANSWER: readonly string[] = [`${'Server'.padEnd(NAME_COLUMNS)}does not answer`];

/** A report over what was drawn before: wrapped as a terminal of this width needs it, and as far as there are rows. */
export function screenOf(lines: readonly string[], columns: number, rows: number): string {
  const some = foldText(lines.join('\n'), columns)
    .split('\n')
    .slice(0, Math.max(1, rows - 1));
  return `${TOP}${some.map(row => `${row}${REST_OF_ROW}\n`).join('')}${REST_OF_SCREEN}`;
}

/** What most of them took at most; of the last bucket nobody knows. */
function times({ bounds, counts }: TimesTaken): string {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return 'never yet';
  const within = (share: number) => {
    let left = all * share;
    const at = counts.findIndex(count => {
      left -= count;
      return left <= 0;
    });
    const bound = bounds[at];
    return bound === undefined ? `more than ${bounds.at(-1)} ms` : `${bound} ms`;
  };
  return `in ${within(0.5)} (half of them), ${within(0.99)} (99 %)`;
}

function counts(of: Readonly<Record<string, number>>): string {
  const some = Object.entries(of).filter(([, count]) => count > 0);
  if (some.length === 0) return 'none';
  return some
    .sort(([, one], [, other]) => other - one)
    .map(([key, count]) => `${visible(key)} ${whole(count)}`)
    .join(', ');
}

/** `1,234`, the same on every machine. */
function whole(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function decimal(value: number): string {
  return value >= 100 ? whole(value) : value.toFixed(1);
}

function percent(part: number): string {
  return `${decimal(part * 100)} %`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

function bytes(count: number): string {
  let [value, at] = [count, 0];
  while (value >= 1024 && at < UNITS.length - 1) {
    value /= 1024;
    at++;
  }
  return `${at === 0 ? whole(value) : decimal(value)} ${UNITS[at]}`;
}

function span(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
