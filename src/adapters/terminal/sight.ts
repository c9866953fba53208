import type { Sight } from '../../application/ports.js';
import { visible } from './visible.js';

/** Longest piece of an unknown response that is worth showing, in UTF-16 units. */
const MAX_UNKNOWN_LENGTH = 200;

const HELP = [
  'send <message>  say something to everybody else',
  'leave           leave the room',
  'help            show this',
].join('\n');

/** Puts what a person is to be shown into lines of plain text, safe for any terminal. */
export function sightText(sight: Sight): string {
  switch (sight.type) {
    case 'Welcome':
      return `${visible(sight.content)}, ${visible(sight.username)}! Type help to see what you can do.`;
    case 'Memo':
      return `${visible(sight.username)}: ${visible(sight.content)}`;
    case 'UnknownResponse':
      return `The server said something that this chatty does not understand: ${visible(cut(sight.text))}`;
    case 'UnknownCommand':
      return `Unknown command: ${visible(cut(sight.line))}\n${HELP}`;
    case 'NothingToSend':
      return 'There is nothing to send. Type send and a message.';
    case 'TooLong':
      return `Not sent: the message takes ${sight.actual} bytes on the wire, ${sight.limit} are allowed. Send it in parts.`;
    case 'Help':
      return HELP;
  }
}

function cut(text: string): string {
  return text.length <= MAX_UNKNOWN_LENGTH ? text : `${text.slice(0, MAX_UNKNOWN_LENGTH)}…`;
}
