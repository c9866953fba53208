import { type ModerationWords, moderationOf } from '../../application/moderation-request.js';
import { parseDuration } from './duration.js';
import { ask, type Command, type TypedLine, wrong } from './typed-line.js';

/** What keeps order, in the order of the help; `topic` is for everybody to see. */
export const OPERATOR_COMMANDS: readonly Command[] = [
  {
    name: 'topic',
    usage: '[text]',
    summary: 'what the room is about; an operator sets it',
    details: ['/topic none takes it away'],
    read: text => moderate({ action: 'topic', ...topicOf(text) }),
  },
  forOperators('kick', '<name> [reason]', 'put somebody out of the room for a minute', rest => {
    const [target, reason] = splitOnce(rest);
    return moderate({ action: 'kick', target, reason });
  }),
  forOperators(
    'mute',
    '<name> [10m] [reason]',
    'silence somebody; without a time, until you /unmute them',
    measure('mute'),
  ),
  forOperators('unmute', '<name>', 'let them speak again', rest =>
    moderate({ action: 'unmute', target: word(rest) }),
  ),
  forOperators(
    'ban',
    '<who> [1d] [reason]',
    'keep somebody out; without a time, until you /unban them',
    measure('ban'),
    [
      'who: a name, an address or a network (192.0.2.0/24), or a key (SHA256:...)',
      'A name that is here is banned with its key, or without one with its address.',
      'A time is 30s, 10m, 12h, 7d or 4w, or several: 1h30m.',
    ],
  ),
  forOperators('unban', '<who|#n>', 'let them in again', rest =>
    moderate({ action: 'unban', target: word(rest) }),
  ),
  forOperators('bans', undefined, 'see who is banned or muted, by whom, why and until when', rest =>
    rest === '' ? ask({ type: 'bans' }) : wrong('ALONE', 'bans'),
  ),
  forOperators('slow', '<10s|off>', 'slow mode: how long each waits between messages', rest => {
    const ms = /^(?:off|0)$/i.test(rest) ? 0 : parseDuration(rest);
    return ms === undefined ? wrong('DURATION', rest) : moderate({ action: 'slow', ms });
  }),
  forOperators('delete', '<name|#n>', 'delete the last message of somebody, or hit #n of a search', rest => {
    const [, hit] = /^#(\d{1,9})$/.exec(rest) ?? [];
    return hit === undefined
      ? moderate({ action: 'delete', target: word(rest) })
      : { type: 'deleteHit', which: Number(hit) };
  }),
  forOperators(
    'operator',
    '<name|token>',
    'make somebody an operator, or yourself with the token of the first start',
    rest => {
      // Tokens are longer than names that are easy to say, and have signs that names have not.
      const isToken = /^[\w-]{24}$/.test(rest);
      return moderate(
        isToken ? { action: 'operator', token: rest } : { action: 'operator', target: word(rest) },
      );
    },
  ),
  forOperators('dismiss', '<name>', 'take that away again', rest =>
    moderate({ action: 'dismiss', target: word(rest) }),
  ),
];

function forOperators(
  name: string,
  usage: string | undefined,
  summary: string,
  read: Command['read'],
  details: readonly string[] = [],
): Command {
  return { name, summary, details, read, isForOperators: true, ...(usage !== undefined && { usage }) };
}

function measure(action: 'ban' | 'mute'): Command['read'] {
  return rest => {
    const [target, more] = splitOnce(rest);
    const [first = '', behind] = splitOnce(more ?? '');
    const ms = parseDuration(first);
    return moderate({ action, target, ms, reason: ms === undefined ? more : behind });
  };
}

function topicOf(text: string): { topic?: string } {
  if (text === '') return {};
  return { topic: text === 'none' ? '' : text };
}

function moderate(words: ModerationWords): TypedLine {
  const request = moderationOf(words);
  return request === undefined ? wrong('WHO', words.action) : ask({ type: 'moderate', ...request });
}

function word(text: string): string | undefined {
  return splitOnce(text)[0];
}

/** The first word, and what follows it; nothing for what is not there. */
function splitOnce(text: string): [first: string | undefined, rest: string | undefined] {
  const [, first, rest] = /^(\S+)(?:\s+(.*))?$/s.exec(text) ?? [];
  return [first, rest === '' ? undefined : rest];
}
