import { readable } from '../adapters/view/moderation-text.js';
import { localTime } from '../adapters/view/time.js';
import { visible } from '../adapters/view/visible.js';
import type { HistoryArchive } from '../application/server/service-ports.js';

type Event = HistoryArchive extends { events(): AsyncIterable<infer E> } ? E : never;

/** How events are exported, each as a line or more, line ends included. */
export const EXPORT_FORMATS = { json: jsonLine, text: textLines } as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** What stands before what is no plain message. */
const BEFORE = { action: (name: string) => `* ${name} `, notice: () => '-!- ' };

/** With the members and words of a Broadcast, see docs/protocol.md */
function jsonLine(event: Event): string {
  const { seq, at, username } = event;
  const kind = kindOf(event);
  const said = event.type === 'MessageSent' && readable(event);
  const verified = event.verified && { verified: true };
  return `${JSON.stringify({ seq, at, kind, username, ...said, ...verified })}\n`;
}

/** For people: nothing in it acts on a terminal, and a further line of a message never looks like one of its own. */
function textLines(event: Event): string {
  const time = localTime(event.at);
  const name = visible(event.username);
  if (event.type !== 'MessageSent') return `${time}  ${name} ${kindOf(event)}\n`;
  const [first = '', ...more] = readable(event)
    .content.split('\n')
    .map(line => visible(line));
  const author = event.kind === undefined ? `${name}: ` : BEFORE[event.kind](name);
  return [
    `${time}  ${author}${first}`,
    ...more.map(line => `${' '.repeat(time.length)}  | ${line}`),
    '',
  ].join('\n');
}

function kindOf(event: Event): string {
  switch (event.type) {
    case 'MessageSent':
      return event.kind ?? 'message';
    case 'UserJoined':
      return 'joined';
    case 'UserLeft':
      return 'left';
  }
}
