import { randomUUID } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import {
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { JournalFailure, type JournalFailureCode } from '../../application/server/cluster/journal.js';
import type { Look } from './delivery.js';
import type { NatsConnection } from './nats-connection.js';

/** How long is waited for a cluster of brokers to have a leader, in milliseconds: an election takes up to eight seconds. */
const LEADER_MS = 10_000;
/** How long until its leader has heard of all of them, in milliseconds: they tell how they are every ten seconds. */
const PEERS_MS = 20_000;
const AGAIN_MS = 200;

const NANOSECONDS = 1_000_000;

/** The longest message that somebody can say fits into so many bytes, with what belongs to it. */
const LEAST_MESSAGE = 64 * 1024;

/** What a stream of chatty's says of itself: its form, and after it a name of its own. */
const FORM = 'chatty 1 ';

/** JetStream's own numbers. */
export const STREAM_NOT_FOUND = 10059;
const NAME_IN_USE = 10058;
const SUBJECTS_OVERLAP = 10065;
const NOT_ENABLED = 10039;
const NO_ROOM = [10023, 10028, 10047];
const NO_REPLICAS = [10005, 10074];
/** What a cluster says when each of its servers is known, and they have too little space; of one that is not known it says more. */
const TOO_SMALL = /placement, insufficient storage$/;

/** What is asked of the streams when they are made; how much they keep is their operator's afterwards. */
export interface StreamsOptions {
  readonly room: string;
  readonly replicas: number;
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  /** In memory they do not survive the broker. */
  readonly storage?: 'file' | 'memory';
  /** Whether they have to be there: nothing is made. */
  readonly isThere?: true;
  /** Whether to go on without what was kept beside the log, and is gone. */
  readonly acceptsLoss?: boolean;
}

/** The names that the parts of a room have at the broker. */
export function namesOf(room: string) {
  return {
    log: `CHATTY_${room}`,
    logSubject: `chatty.${room}.log`,
    kept: `CHATTY_${room}_KEPT`,
    keptSubjects: `chatty.${room}.kept`,
    call: `chatty.${room}.call`,
    nodes: `chatty.${room}.node`,
  };
}

type Asked = Pick<StreamConfig, 'name' | 'subjects'> & Partial<StreamConfig>;

/** The stream of a room's entries. @throws {JournalFailure} */
export async function openLog(connection: NatsConnection, options: StreamsOptions): Promise<StreamInfo> {
  const { log, logSubject } = namesOf(options.room);
  const asked = askedFor(options, {
    name: log,
    subjects: [logSubject],
    max_msgs_per_subject: -1,
    max_age: options.maxAgeMs * NANOSECONDS,
    max_bytes: options.maxBytes,
  });
  return usable(connection, asked, await madeOrFound(connection, asked, options));
}

/**
 * The stream of what a room keeps beside them, of which each key has one value. The log is made before it, which asks more of
 * a broker: where one of them cannot be had, neither is made. @throws {JournalFailure} KEPT_LOST as well
 */
export async function openKept(connection: NatsConnection, options: StreamsOptions): Promise<StreamInfo> {
  const { kept, keptSubjects } = namesOf(options.room);
  const asked = askedFor(options, {
    name: kept,
    subjects: [`${keptSubjects}.>`],
    max_msgs_per_subject: 1,
  });
  const found = await connection.api.streams.info(kept).catch(() => undefined);
  if (found !== undefined) return usable(connection, asked, found);
  if (!options.isThere) {
    const { state } = await openLog(connection, options);
    // Nothing is in the log before this is there: it has been, and whoever is banned or has a name would be so no more.
    if (state.last_seq > 0 && !options.acceptsLoss && (await isMissing(connection, kept)))
      throw new JournalFailure('KEPT_LOST', connection.place, kept);
  }
  return usable(connection, asked, await madeOrFound(connection, asked, options));
}

async function isMissing({ api }: NatsConnection, name: string): Promise<boolean> {
  return api.streams.info(name).then(
    () => false,
    error => codeOf(error) === STREAM_NOT_FOUND,
  );
}

function askedFor({ storage, replicas }: StreamsOptions, own: Asked): Asked {
  return {
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    storage: storage === 'memory' ? StorageType.Memory : StorageType.File,
    num_replicas: replicas,
    ...own,
  };
}

/** @throws {JournalFailure} OTHER_SETTINGS */
function usable({ place }: NatsConnection, asked: Asked, info: StreamInfo): StreamInfo {
  const other = otherSetting(info.config, asked);
  if (other !== undefined) throw new JournalFailure('OTHER_SETTINGS', place, `${asked.name}: ${other}`);
  return info;
}

/** Servers that start together: one of them makes it, all take it as it then is. */
async function madeOrFound(
  connection: NatsConnection,
  asked: Asked,
  { room, isThere }: StreamsOptions,
): Promise<StreamInfo> {
  const { streams } = connection.api;
  const begun = performance.now();
  for (;;) {
    try {
      return await streams.info(asked.name);
    } catch (error) {
      if (codeOf(error) !== STREAM_NOT_FOUND) await passOver(error, connection, asked, begun);
      else if (isThere) throw new JournalFailure('NO_ROOM', connection.place, room);
    }
    try {
      await streams.add({ ...asked, description: `${FORM}${randomUUID()}` });
    } catch (error) {
      if (codeOf(error) !== NAME_IN_USE) await passOver(error, connection, asked, begun);
    }
  }
}

/** What passes by itself is waited out: a cluster that has just started has no leader yet, or does not know all of its brokers. */
async function passOver(
  cause: unknown,
  connection: NatsConnection,
  asked: Asked,
  begun: number,
): Promise<void> {
  const [code, found, patienceMs] = reasonOf(cause, connection, asked);
  if (performance.now() - begun >= patienceMs)
    throw new JournalFailure(code, connection.place, found, { cause });
  await later(AGAIN_MS);
}

/** Why a stream cannot be had, and how long it may take until that is otherwise. */
function reasonOf(
  cause: unknown,
  { core: { info } }: NatsConnection,
  { subjects, num_replicas }: Asked,
): [code: JournalFailureCode, found: string, patienceMs: number] {
  const code = codeOf(cause) ?? 0;
  const words = cause instanceof Error ? cause.message : String(cause);
  const reason = cause instanceof Error ? cause.cause : undefined;
  const peersMs = info?.cluster === undefined ? 0 : PEERS_MS;
  if ([cause, reason].some(each => each instanceof errors.PermissionViolationError))
    return ['NOT_ALLOWED', words, 0];
  if (code === SUBJECTS_OVERLAP) return ['OTHER_SETTINGS', `another stream takes ${subjects}`, 0];
  if (NO_REPLICAS.includes(code) && TOO_SMALL.test(words)) return ['NO_SPACE', '', 0];
  if (NO_REPLICAS.includes(code))
    return ['OTHER_SETTINGS', `it has not ${num_replicas} servers for replicas`, peersMs];
  if (NO_ROOM.includes(code)) return ['NO_SPACE', '', peersMs];
  if (code === NOT_ENABLED || !info?.jetstream) return ['NO_STORAGE', '', 0];
  if (cause instanceof JetStreamApiError && cause.status !== 503) return ['UNUSABLE', words, 0];
  return ['UNREACHABLE', words, LEADER_MS];
}

/** JetStream's number of an error. */
export function codeOf(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}

/** Which setting of a stream is not as the room needs it, as a part of a sentence. */
function otherSetting(found: StreamConfig, asked: Asked): string | undefined {
  const { subjects = [], description = '', num_replicas, max_msgs_per_subject } = found;
  const wrong: [string, unknown][] = [];
  const wants = (name: string, isRight: boolean, value: unknown) => {
    if (!isRight) wrong.push([name, value]);
  };
  wants('description', description.startsWith(FORM), description || 'empty');
  wants('subjects', String(subjects) === String(asked.subjects), subjects);
  wants('retention', found.retention === asked.retention, found.retention);
  wants('discard', found.discard === asked.discard, found.discard);
  wants('storage', found.storage === asked.storage, found.storage);
  wants('num_replicas', num_replicas >= (asked.num_replicas ?? 1), num_replicas);
  const each = Math.max(max_msgs_per_subject ?? -1, -1) || -1;
  wants('max_msgs_per_subject', each === asked.max_msgs_per_subject, max_msgs_per_subject);
  for (const flag of ['sealed', 'no_ack', 'deny_delete', 'deny_purge'] as const)
    wants(flag, !found[flag], found[flag]);
  for (const other of ['mirror', 'sources', 'subject_transform'] as const)
    wants(other, found[other] === undefined, 'set');
  const { max_msg_size = -1, max_consumers = -1 } = found;
  wants('max_msg_size', max_msg_size <= 0 || max_msg_size >= LEAST_MESSAGE, max_msg_size);
  wants('max_consumers', max_consumers <= 0, max_consumers);
  // Of what is kept nothing may go by itself.
  if (asked.max_age === undefined)
    for (const bound of ['max_age', 'max_bytes', 'max_msgs'] as const)
      wants(bound, (found[bound] ?? 0) <= 0, found[bound]);
  const [first] = wrong;
  return first && `${first[0]} is ${first[1]}`;
}

/** @param lost why it is not what was read */
export function lookOf({ config, state }: StreamInfo, lost?: string): Look {
  const look = { end: state.last_seq, replicas: config.num_replicas };
  return lost === undefined ? look : { ...look, lost };
}

/** By which a stream is no other one, as long as it exists. */
export function idOf({ config: { description = '' } }: StreamInfo): string {
  return description.slice(FORM.length);
}
