import type { ModerationEntry } from '../../domain/moderation.js';

type Check = (value: unknown) => boolean;

const isText: Check = value => typeof value === 'string';
const isTime: Check = value => Number.isSafeInteger(value) && Number(value) >= 0;
const isKind: Check = value => value === 'ban' || value === 'mute';
const maybe =
  (check: Check): Check =>
  value =>
    value === undefined || check(value);

/** What each entry has to have beside its type, time and author. */
const FORMS: Readonly<Record<ModerationEntry['type'], Readonly<Record<string, Check>>>> = {
  OperatorNamed: { key: isText, name: isText },
  OperatorDismissed: { key: isText, name: isText },
  TokenIssued: { hash: isText },
  MeasureTaken: { id: isTime, kind: isKind, targets: Array.isArray, until: maybe(isTime) },
  MeasureLifted: { id: isTime },
  SlowedDown: { ms: isTime },
  TopicSet: { topic: isText },
  MessageDeleted: { seq: isTime, author: isText, epoch: maybe(isText) },
};

/**
 * Whether it is an entry that can be applied; one of a type that this version does not know can be passed over.
 * @param isNetwork whether a text is an address, or several in CIDR notation
 */
export function isModerationEntry(
  value: unknown,
  isNetwork: (text: string) => boolean,
): value is ModerationEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Record<string, unknown>;
  const { type, at, by, reason, targets } = entry;
  if (typeof type !== 'string' || !isTime(at) || !isText(by) || !maybe(isText)(reason)) return false;
  const form = Object.hasOwn(FORMS, type) ? FORMS[type as ModerationEntry['type']] : {};
  if (!Object.entries(form).every(([member, check]) => check(entry[member]))) return false;
  return type !== 'MeasureTaken' || (targets as unknown[]).every(target => isTarget(target, isNetwork));
}

function isTarget(value: unknown, isNetwork: (text: string) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, key, network } = value as Record<string, unknown>;
  if (kind === 'network') return typeof network === 'string' && isNetwork(network);
  return kind === 'name' ? isText(name) : kind === 'key' && isText(key);
}
