import { visible } from '../../view/visible.js';
import type { Style, Tier } from './color.js';

/** A piece of text of one look. Text is content only: an escape sequence in it is shown, not obeyed. */
export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** One line for the screen, and how far what does not fit on its first row is indented, in columns. */
export interface Line {
  readonly spans: readonly Span[];
  readonly indent?: number;
  /** Whether it is shown whole, however tall it is. */
  readonly isWhole?: boolean;
}

const RESET = '\u001b[0m';

/** The only way from content to the terminal: text made safe, with our own SGR sequences and no others. */
export function render(spans: readonly Span[], tier: Tier): string {
  return spans.map(span => renderSpan(span, tier)).join('');
}

function renderSpan({ text, style }: Span, tier: Tier): string {
  const safe = visible(text);
  const codes = style === undefined || tier === 'none' ? '' : sgr(style, tier);
  return codes === '' || safe === '' ? safe : `\u001b[${codes}m${safe}${RESET}`;
}

function sgr({ color, bold, dim, italic, underline, inverse }: Style, tier: Tier): string {
  const codes: (number | string)[] = [];
  if (bold) codes.push(1);
  if (dim) codes.push(2);
  if (italic) codes.push(3);
  if (underline) codes.push(4);
  if (inverse) codes.push(7);
  if (color !== undefined && tier !== 'mono') {
    if (color < 8) codes.push(30 + color);
    else if (color < 16) codes.push(90 + color - 8);
    else if (tier === '256') codes.push(`38;5;${color}`);
  }
  return codes.join(';');
}
