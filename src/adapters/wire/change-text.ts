import type { RoomChange } from '../../domain/room-change.js';

/** What has changed in the room, in the server's words: for clients that know no better ones. */
export function changeText(change: RoomChange): string {
  const { by } = change;
  switch (change.type) {
    case 'topic':
      return change.topic === ''
        ? `${by} has taken the topic away.`
        : `${by} has set the topic: ${change.topic}`;
    case 'slow':
      return change.ms === 0
        ? `${by} has turned slow mode off.`
        : `${by} has turned slow mode on: one message each every ${durationText(change.ms)}.`;
    case 'deleted':
      return `${by} has deleted a message of ${change.author}.`;
    default:
      return measureText(change);
  }
}

const DONE = { kicked: 'kicked', banned: 'banned', muted: 'muted', unmuted: 'unmuted' } as const;

function measureText({
  type,
  by,
  username,
  until,
  reason,
}: Extract<RoomChange, { username: string }>): string {
  const end = until === undefined || type === 'kicked' ? '' : ` until ${timeText(until)}`;
  return `${by} has ${DONE[type]} ${username}${end}${reason === undefined ? '.' : `: ${reason}`}`;
}

/** Nobody knows in which time zone it is read. */
export function timeText(at: number): string {
  const date = new Date(at);
  // What no calendar holds; the history of another server may say any number.
  if (Number.isNaN(date.getTime())) return 'some time';
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** In the largest unit in which it is a whole number. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** Reads a change; nothing when this version does not know it. */
export function decodeChange(value: unknown): RoomChange | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, by, topic, ms, target, author, username, until, reason } = value as Record<string, unknown>;
  if (typeof by !== 'string') return undefined;
  if (type === 'topic') return typeof topic === 'string' ? { type, by, topic } : undefined;
  if (type === 'slow') return isWhole(ms) ? { type, by, ms } : undefined;
  if (type === 'deleted')
    return isWhole(target) && typeof author === 'string' ? { type, by, target, author } : undefined;
  if (!isMeasure(type) || typeof username !== 'string') return undefined;
  const end = isWhole(until) && { until };
  return { type, by, username, ...end, ...(typeof reason === 'string' && { reason }) };
}

function isMeasure(type: unknown): type is keyof typeof DONE {
  return typeof type === 'string' && Object.hasOwn(DONE, type);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
