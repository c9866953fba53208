import {
  type ListedMeasure,
  type MeasureList,
  MODERATION_ACTIONS,
  type ModerationAction,
  type ModerationResult,
} from '../../application/moderation-request.js';
import { isRecord, isWhole } from './memo.js';

// What a client reads of the answers that operators get.

export function decodeModerated(body: unknown): ModerationResult | undefined {
  if (!isRecord(body) || !isAction(body.action) || !isStrings(body.targets)) return undefined;
  const { action, targets, until, ended, from, topic, ms } = body;
  return {
    action,
    targets,
    ...(isWhole(until) && { until }),
    ...(isWhole(ended) && { ended }),
    ...(isStrings(from) && { from }),
    ...(typeof topic === 'string' && { topic }),
    ...(isWhole(ms) && { ms }),
  };
}

export function decodeMeasures(body: unknown): MeasureList | undefined {
  if (!isRecord(body) || !Array.isArray(body.measures) || !isWhole(body.count)) return undefined;
  const measures = body.measures.map(decodeMeasure);
  if (!measures.every(measure => measure !== undefined)) return undefined;
  return { measures, count: body.count };
}

function decodeMeasure(value: unknown): ListedMeasure | undefined {
  if (!isRecord(value)) return undefined;
  const { id, kind, targets, by, at, until, reason } = value;
  if (!isWhole(id) || !isWhole(at) || typeof by !== 'string' || !isStrings(targets)) return undefined;
  if (kind !== 'ban' && kind !== 'mute') return undefined;
  const end = isWhole(until) && { until };
  return { id, kind, targets, by, at, ...end, ...(typeof reason === 'string' && { reason }) };
}

function isAction(value: unknown): value is ModerationAction {
  return MODERATION_ACTIONS.some(action => action === value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(element => typeof element === 'string');
}
