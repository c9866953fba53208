import {
  blankLeft,
  lastTyped,
  left,
  lineEnd,
  lineStart,
  type Movement,
  right,
  wordLeft,
  wordRight,
} from './movement.js';

/** What a key does to a text. */
export type Action =
  | { readonly does: 'move' | 'erase' | 'kill'; readonly to: Movement }
  | { readonly does: 'climb' | 'recall' | 'complete'; readonly by: -1 | 1 }
  | { readonly does: 'yank' | 'yank earlier' | 'transpose' | 'break line' | 'undo' };

/** To the end of the line, or over it from there. */
const overLineEnd: Movement = (text, at) => Math.max(lineEnd(text, at), Math.min(at + 1, text.length));
const overLineStart: Movement = (text, at) => Math.min(lineStart(text, at), Math.max(at - 1, 0));

const move = (to: Movement): Action => ({ does: 'move', to });
const erase = (to: Movement): Action => ({ does: 'erase', to });
const kill = (to: Movement): Action => ({ does: 'kill', to });

/** The keys of Emacs and of GNU readline, by the names that `Key` gives them. */
export const BINDINGS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['left', move(left)],
  ['ctrl-b', move(left)],
  ['right', move(right)],
  ['ctrl-f', move(right)],
  ['ctrl-left', move(wordLeft)],
  ['alt-left', move(wordLeft)],
  ['alt-b', move(wordLeft)],
  ['ctrl-right', move(wordRight)],
  ['alt-right', move(wordRight)],
  ['alt-f', move(wordRight)],
  ['home', move(lineStart)],
  ['ctrl-a', move(lineStart)],
  ['end', move(lineEnd)],
  ['ctrl-e', move(lineEnd)],
  ['ctrl-home', move(() => 0)],
  ['alt-<', move(() => 0)],
  ['ctrl-end', move(text => text.length)],
  ['alt->', move(text => text.length)],
  ['up', { does: 'climb', by: -1 }],
  ['down', { does: 'climb', by: 1 }],
  ['ctrl-p', { does: 'recall', by: -1 }],
  ['ctrl-n', { does: 'recall', by: 1 }],
  ['backspace', erase(lastTyped)],
  ['shift-backspace', erase(lastTyped)],
  ['ctrl-h', erase(lastTyped)],
  ['delete', erase(right)],
  ['ctrl-d', erase(right)],
  ['ctrl-w', kill(blankLeft)],
  ['alt-backspace', kill(wordLeft)],
  ['ctrl-backspace', kill(wordLeft)],
  ['alt-d', kill(wordRight)],
  ['ctrl-delete', kill(wordRight)],
  ['ctrl-k', kill(overLineEnd)],
  ['ctrl-u', kill(overLineStart)],
  ['ctrl-y', { does: 'yank' }],
  ['alt-y', { does: 'yank earlier' }],
  ['ctrl-t', { does: 'transpose' }],
  ['newline', { does: 'break line' }],
  ['tab', { does: 'complete', by: 1 }],
  ['shift-tab', { does: 'complete', by: -1 }],
  ['ctrl-_', { does: 'undo' }],
  ['ctrl-/', { does: 'undo' }],
  ['ctrl-shift--', { does: 'undo' }],
]);
