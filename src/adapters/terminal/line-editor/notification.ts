import { visible } from '../../view/visible.js';

/** How a terminal is told to notify: iTerm2 and others know OSC 9, rxvt and others OSC 777. */
export type NotifyForm = 'osc9' | 'osc777';

export interface Notification {
  readonly form: NotifyForm;
  readonly title: string;
  readonly text: string;
}

/** Longest part of a text that a notification shows, in UTF-16 units. */
const MAX_LENGTH = 120;
const OSC = '\u001b]';
const BELL = '\u0007';

/** The sequence that makes a terminal notify: its text is made safe, and no part of it is taken for another. */
export function notification({ form, title, text }: Notification): string {
  const [head, body] = [safe(title), safe(text)];
  return form === 'osc9' ? `${OSC}9;${head}: ${body}${BELL}` : `${OSC}777;notify;${head};${body}${BELL}`;
}

/** A semicolon would begin another field, or with OSC 9 another command. */
function safe(text: string): string {
  return visible(text.replaceAll('\n', ' ')).slice(0, MAX_LENGTH).toWellFormed().replaceAll(';', ',');
}
