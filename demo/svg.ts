import { INK, PAPER, type Run } from './cells.js';
import type { FilmedScreen, Moment, Recording } from './recording.js';

const FONT = 12.5;
const CELL = 7.5;
const ROW = 17;
const PAD = 10;
const TITLE = 24;
const GAP = 10;
const DIM_OPACITY = 0.62;

/** Where a pane is in the picture. */
export interface Place {
  readonly pane: FilmedScreen;
  readonly x: number;
  readonly y: number;
}

/** A row of a screen, at the top of its own coordinates. Each run is fitted to the grid, whatever font there is. */
export function drawRow(runs: readonly Run[]): string {
  return runs.map(drawRun).join('');
}

/** Panes beside each other, and a last one below all of them. */
export function placed(beside: readonly FilmedScreen[], below: FilmedScreen): Place[] {
  let x = 0;
  const places = beside.map(pane => {
    const place = { pane, x, y: 0 };
    x += widthOf(pane) + GAP;
    return place;
  });
  return [...places, { pane: below, x: 0, y: Math.max(...beside.map(heightOf)) + GAP }];
}

/** How many columns make a pane as wide as these side by side. */
export function columnsOver(beside: readonly { columns: number }[]): number {
  const width = beside.reduce((sum, pane) => sum + widthOf(pane) + GAP, -GAP);
  return Math.floor((width - 2 * PAD) / CELL);
}

/**
 * The film as one SVG that moves by CSS alone. Each row of a screen is a strip of all that it ever shows, behind a
 * window of one row, and jumps from one to the next: what does not change costs nothing. Where nothing may move, it
 * shows `stillMs`.
 */
export function drawFilm(film: Recording, places: readonly Place[], title: string, stillMs: number): string {
  const width = Math.max(...places.map(({ pane, x }) => x + widthOf(pane)));
  const height = Math.max(...places.map(({ pane, y }) => y + heightOf(pane)));
  const seconds = (film.lengthMs / 1000).toFixed(2);
  const keyframes: string[] = [];
  const panes = places.map(({ pane, x, y }) => {
    const rows = (film.strips.get(pane) ?? []).map((moments, row) => {
      const id = `r${keyframes.length}`;
      const { frames, steps, still } = stripOf(moments, film.lengthMs, stillMs);
      keyframes.push(`@keyframes ${id}{${steps}}`);
      const strip = `<g transform="translate(0,${still})" style="animation-name:${id}">${frames}</g>`;
      const box = `x="${PAD}" y="${TITLE + row * ROW}" width="${pane.columns * CELL}" height="${ROW}"`;
      return `<svg ${box}>${strip}</svg>`;
    });
    return [
      `<g transform="translate(${x},${y})"><rect x=".5" y=".5" width="${widthOf(pane) - 1}"`,
      ` height="${heightOf(pane) - 1}" rx="6" fill="${PAPER}" stroke="#30363d"/>`,
      `<text x="${PAD}" y="16" class="t">${escaped(pane.title)}</text>\n${rows.join('\n')}</g>\n`,
    ].join('');
  });
  const style = [
    `text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${INK};white-space:pre}`,
    `.t{fill:#8b949e;font-weight:bold}.b{font-weight:bold}.d{opacity:${DIM_OPACITY}}.i{font-style:italic}.u{text-decoration:underline}`,
    `svg>g[style]{animation:${seconds}s step-end infinite}`,
    `@media(prefers-reduced-motion:reduce){svg>g[style]{animation:none}}`,
    ...keyframes,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` xml:space="preserve" role="img"><title>${escaped(title)}</title>\n<style>${style.join('\n')}</style>\n`,
    `${panes.join('')}</svg>\n`,
  ].join('');
}

/** All that a row shows, one below the other; the steps from one to the next; and which is shown where nothing moves. */
function stripOf(moments: readonly Moment[], lengthMs: number, stillMs: number) {
  const shown = [...new Set(moments.map(({ svg }) => svg))];
  const offset = (svg: string) => -ROW * shown.indexOf(svg);
  const frames = shown.map((svg, index) =>
    svg === '' ? '' : index === 0 ? svg : `<g transform="translate(0,${ROW * index})">${svg}</g>`,
  );
  const steps = moments.map(({ atMs, svg }, index) => {
    const percent = index === 0 ? '0' : ((100 * atMs) / lengthMs).toFixed(2);
    return `${percent}%{transform:translateY(${offset(svg)}px)}`;
  });
  const still = moments.findLast(({ atMs }) => atMs <= stillMs) ?? moments[0];
  return { frames: frames.join(''), steps: steps.join(''), still: still ? offset(still.svg) : 0 };
}

function drawRun({ column, columns, text, ink, paper, bold, dim, italic, underline }: Run): string {
  const paperBox = { x: column * CELL, width: columns * CELL };
  const rect = paper && `<rect x="${paperBox.x}" width="${paperBox.width}" height="${ROW}" fill="${paper}"/>`;
  const start = text.length - text.trimStart().length;
  const word = text.trim();
  if (word === '') return rect ?? '';
  const cells = columns - (text.length - word.length);
  const classes = [bold && 'b', dim && 'd', italic && 'i', underline && 'u'].filter(Boolean).join(' ');
  const look = `${classes && ` class="${classes}"`}${ink === INK ? '' : ` style="fill:${ink}"`}`;
  const place = `x="${(column + start) * CELL}" y="13" textLength="${cells * CELL}"`;
  return `${rect ?? ''}<text ${place}${look}>${escaped(word)}</text>`;
}

function widthOf(pane: { columns: number }): number {
  return pane.columns * CELL + 2 * PAD;
}

function heightOf(pane: { rows: number }): number {
  return pane.rows * ROW + TITLE + PAD;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
