import type { ListedMeasure, MeasureList, ModerationResult } from '../../application/moderation-request.js';
import type { MessageSent } from '../../domain/events.js';
import { changeOf, type RoomChange } from '../../domain/room-change.js';
import { changeText } from '../wire/change-text.js';
import { localTime } from './time.js';
import { visible } from './visible.js';

/** What a message says; what the server notes of a change in the room, in words as well. */
export function readable(message: Pick<MessageSent, 'kind' | 'content'>): {
  readonly content: string;
  readonly change?: RoomChange;
} {
  const change = changeOf(message);
  return change === undefined ? { content: message.content } : { content: changeText(change), change };
}

/** What an operator is told of what was done. */
export function moderatedText(result: ModerationResult): string {
  const { action, topic, ms = 0, ended = 0, from = [] } = result;
  const who = result.targets.map(visible).join(', ');
  const until = result.until === undefined ? 'until you lift it' : `until ${localTime(result.until)}`;
  const whence = from.length === 0 ? '' : ` They came from ${from.map(visible).join(', ')}.`;
  switch (action) {
    case 'kick':
      return `Kicked: ${who}. They can come back in a minute.${whence}`;
    case 'ban':
      return `Banned ${until}: ${who}. ${ended === 0 ? 'None of them was here.' : `${ended} went.`}${whence}`;
    case 'mute':
      return `Muted ${until}: ${who}.`;
    case 'unban':
    case 'unmute':
      return `Lifted: ${who}.`;
    case 'slow':
      return ms === 0 ? 'Slow mode is off.' : `Slow mode is on: one message each every ${ms / 1000} s.`;
    case 'topic':
      if (topic === undefined) return 'The topic is changed.';
      return topic === '' ? 'The room has no topic.' : `The topic is: ${visible(topic)}`;
    case 'delete':
      return `Deleted: a message of ${who}.`;
    case 'operator':
      return `${who} is an operator.`;
    case 'dismiss':
      return `${who} is an operator no more.`;
  }
}

/** Whether everybody in the room is told as well, in words that say no less. */
export function isToldToAll({ action, topic }: ModerationResult): boolean {
  return action === 'slow' || action === 'delete' || (action === 'topic' && topic === undefined);
}

export function measuresText({ measures, count }: MeasureList): string {
  if (measures.length === 0) return 'Nobody is banned or muted.';
  const older = count - measures.length;
  return [...(older > 0 ? [`${older} older ones, and:`] : []), ...measures.map(measureText)].join('\n');
}

function measureText({ id, kind, targets, by, at, until, reason }: ListedMeasure): string {
  const end = until === undefined ? '' : ` until ${localTime(until)}`;
  const why = reason === undefined ? '' : `: ${visible(reason)}`;
  const what = kind === 'ban' ? 'banned' : 'muted';
  return `#${id} ${targets.map(visible).join(', ')} ${what} by ${visible(by)} on ${localTime(at)}${end}${why}`;
}
