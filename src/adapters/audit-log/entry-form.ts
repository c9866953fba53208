import { isIP } from 'node:net';
import type { ModerationEntry } from '../../domain/moderation.js';

type Check = (value: unknown) => boolean;

const isText: Check = value => typeof value === 'string';
const isTime: Check = value => Number.isSafeInteger(value) && Number(value) >= 0;
const isKind: Check = value => value === 'ban' || value === 'mute';
const maybe =
  (check: Check): Check =>
  value =>
    value === undefined || check(value);
const isTargets: Check = value => Array.isArray(value) && value.every(isTarget);

/** What each entry has to have beside its type, time and author. */
const FORMS: Readonly<Record<ModerationEntry['type'], Readonly<Record<string, Check>>>> = {
  OperatorNamed: { key: isText, name: isText },
  OperatorDismissed: { key: isText, name: isText },
  TokenIssued: { hash: isText },
  MeasureTaken: { id: isTime, kind: isKind, targets: isTargets, until: maybe(isTime) },
  MeasureLifted: { id: isTime },
  SlowedDown: { ms: isTime },
  TopicSet: { topic: isText },
  MessageDeleted: { seq: isTime, author: isText },
};

/** Whether it is an entry that can be applied; one of a type that this version does not know can be passed over. */
export function isModerationEntry(value: unknown): value is ModerationEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Record<string, unknown>;
  const { type, at, by, reason } = entry;
  if (typeof type !== 'string' || !isTime(at) || !isText(by) || !maybe(isText)(reason)) return false;
  const form = Object.hasOwn(FORMS, type) ? FORMS[type as ModerationEntry['type']] : {};
  return Object.entries(form).every(([member, check]) => check(entry[member]));
}

function isTarget(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, key, network } = value as Record<string, unknown>;
  if (kind === 'network') return typeof network === 'string' && isNetwork(network);
  return kind === 'name' ? isText(name) : kind === 'key' && isText(key);
}

function isNetwork(text: string): boolean {
  const [address = '', bits = '0', ...more] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}
