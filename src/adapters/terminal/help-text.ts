import { DEFAULT_ANSWER } from '../../application/chat-request.js';

/** The commands of a script. */
export const SCRIPT_HELP = [
  'send <message>    say something to everybody else',
  'who               see who is here',
  `history [n]       see the last n messages, ${DEFAULT_ANSWER} if you do not say how many`,
  'search <words>    find messages by their words; from:name since:2026-03-01 until:2026-03-31 narrow it down',
  '                  "a phrase" finds its words whole and next to each other',
  'more              go further back, after history or search',
  'leave             leave the room',
  'help              show this',
].join('\n');

/** The same for somebody who talks. Rows of at most 79 columns. */
const TALK_HELP = [
  'Whatever you type is said to everybody here. Beside that:',
  '/who               see who is here',
  '/history [n]       see the last n messages, 20 if you do not say how many',
  '/search <words>    find messages; from:anna since:2026-03-01 until:2026-03-31',
  '                   "a phrase" finds its words whole and next to each other',
  '/more              go further back, after /history or /search',
  '/me <does>         say what you do: * carl waves',
  '/bell off|mentions|all   when the bell rings',
  '/leave             leave when all is sent (Ctrl-D), or at once (Ctrl-C twice)',
  '//text             say something that begins with a slash',
].join('\n');

/** Keys of the prompt that edits. */
const KEYS_HELP = [
  'Tab                complete a name or a command',
  'Up, Down           what you have typed before',
  'Alt-Enter          a new line in the same message',
].join('\n');

/** What a person can type. @param hasKeys whether there is a prompt that edits */
export function typedHelp(hasKeys = false): string {
  return hasKeys ? `${TALK_HELP}\n${KEYS_HELP}` : TALK_HELP;
}
