import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';

/** Neighbouring cells of a row that look the same. */
export interface Run {
  readonly column: number;
  readonly columns: number;
  readonly text: string;
  readonly ink: string;
  /** Nothing where it is that of the terminal. */
  readonly paper: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

export const INK = '#c9d1d9';
export const PAPER = '#0d1117';

/** The sixteen colors that are the theme's. */
const THEME = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
  ...['#6e7681', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#f0f6fc'],
];

/** A color of xterm's 256 as CSS has it. */
export function css(color: number): string {
  const own = THEME[color];
  if (own !== undefined) return own;
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = color - 16;
  const grey = 8 + (color - 232) * 10;
  const rgb =
    color >= 232
      ? [grey, grey, grey]
      : [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
  return `#${rgb.map(part => part.toString(16).padStart(2, '0')).join('')}`;
}

/** A row of the screen as it looks; the cell of the cursor, if it is here, is inverse. */
export function runsOf(line: IBufferLine, cursorColumn: number | undefined): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < line.length; column += 1) {
    const cell = line.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const run = runOf(cell, column, column === cursorColumn);
    const before = runs.at(-1);
    if (before !== undefined && looks(before) === looks(run)) {
      runs[runs.length - 1] = {
        ...before,
        columns: before.columns + run.columns,
        text: before.text + run.text,
      };
    } else runs.push(run);
  }
  return runs.filter(run => run.paper !== undefined || run.text.trim() !== '');
}

/** The rows that can be seen, the cursor among them. */
export function rowsOf(buffer: IBuffer, rows: number): Run[][] {
  return Array.from({ length: rows }, (_, row) => {
    const line = buffer.getLine(buffer.baseY + row);
    if (line === undefined) return [];
    return runsOf(line, row === buffer.cursorY ? buffer.cursorX : undefined);
  });
}

function runOf(cell: IBufferCell, column: number, isCursor: boolean): Run {
  const ink = cell.isFgDefault() ? INK : colorOf(cell.isFgRGB(), cell.getFgColor());
  const paper = cell.isBgDefault() ? undefined : colorOf(cell.isBgRGB(), cell.getBgColor());
  const isInverse = (cell.isInverse() !== 0) !== isCursor;
  return {
    column,
    columns: cell.getWidth(),
    text: cell.getChars() || ' ',
    ink: isInverse ? (paper ?? PAPER) : ink,
    paper: isInverse ? ink : paper,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

function colorOf(isRgb: boolean, color: number): string {
  return isRgb ? `#${color.toString(16).padStart(6, '0')}` : css(color);
}

function looks({ ink, paper, bold, dim, italic, underline }: Run): string {
  return JSON.stringify([ink, paper, bold, dim, italic, underline]);
}
