import type { ClientEvent } from '../../application/client/client-event.js';
import { eventText } from '../view/event-text.js';
import { ago } from '../view/time.js';
import type { Line } from './line-editor/spans.js';
import { plain, rule, type Transcript } from './transcript.js';

/** Puts an event into lines for a screen; those that only change something else have none. */
export function eventLines(event: ClientEvent, transcript: Transcript): Line[] {
  switch (event.type) {
    case 'Welcome':
      return plain(eventText(event, '/') ?? '');
    case 'Memo':
      return event.kind === 'joined' || event.kind === 'left' ? [] : transcript.message(event);
    case 'Earlier':
      return transcript.earlier(event.memos, `earlier, until ${ago(event.agoMs)}`);
    case 'History':
      if (event.memos.length === 0) return wordsOf(event, transcript);
      return transcript.answer(event.memos, 'history', 'older: /more');
    case 'Found': {
      if (event.memos.length === 0) return wordsOf(event, transcript);
      const oldestFirst = event.memos.toReversed();
      return transcript.answer(oldestFirst, 'found, newest last', foundEnd(event), event.words ?? '');
    }
    case 'Replayed':
      if (event.isNews === false) return [];
      return [rule(`${event.missed} new ${event.missed === 1 ? 'line' : 'lines'} up to here`)];
    case 'Delayed':
      return []; // the status counts down
    default:
      return wordsOf(event, transcript);
  }
}

function wordsOf(event: ClientEvent, transcript: Transcript): Line[] {
  const text = eventText(event, '/');
  return text === undefined ? [] : transcript.notice(text);
}

function foundEnd({ memos, more }: Extract<ClientEvent, { type: 'Found' }>): string {
  const count = memos.length === 1 ? '1 message' : `${memos.length} messages`;
  const around = memos.length === 1 ? '/around' : '/around n';
  return more
    ? `the newest ${memos.length}; older: /more`
    : `${count} found; what was said around one: ${around}`;
}
