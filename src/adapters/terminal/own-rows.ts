import type { OutgoingMessage } from '../../application/chat-request.js';
import type { Span } from './line-editor/spans.js';

/** Most unconfirmed messages that are shown, the newest; the others are counted. */
const MAX_SHOWN = 3;
/** Longest part of a message that could fit on a row, in UTF-16 units. */
const MAX_LENGTH = 500;

/** Messages that are still to be recorded, one row each, with dots in place of the time: the newest; the others are counted. */
export function rowsOf(messages: readonly OutgoingMessage[], username: string): Span[][] {
  const isMany = messages.length > MAX_SHOWN;
  const shown = messages.slice(isMany ? 1 - MAX_SHOWN : 0);
  const rows = shown.map(({ content, kind }) => {
    const text = content.slice(0, MAX_LENGTH).replaceAll('\n', ' ↵ ');
    if (kind === 'action') return dim(`  …   * ${username} ${text}`);
    return dim(username === '' ? `  …   ${text}` : `  …   ${username}  ${text}`);
  });
  return isMany ? [dim(`  …   ${messages.length - shown.length} more`), ...rows] : rows;
}

function dim(text: string): Span[] {
  return [{ text, style: { dim: true } }];
}
