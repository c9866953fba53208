/** One line of a panel: a value for each moment. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

/** Lines that have the same unit. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

const WIDTH = 720;
const [LEFT, RIGHT, HEIGHT, GAP] = [60, 20, 90, 44];
const COLOURS = ['#0a7ea4', '#d9822b', '#6b8e23'];

/** Panels one below the other, over the same time; each begins at 0. Readable on light and on dark. */
export function lineChart(title: string, minutes: number, panels: readonly Panel[]): string {
  const bottom = 44 + panels.length * (HEIGHT + GAP);
  const parts = panels.map((panel, at) => panelOf(panel, 60 + at * (HEIGHT + GAP), minutes));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${bottom}" viewBox="0 0 ${WIDTH} ${bottom}"`,
    ` font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>`,
    `<title>${title}</title><text x="12" y="22" font-size="13" font-weight="bold">${title}</text>`,
    `${parts.join('')}</svg>\n`,
  ].join('');
}

function panelOf({ title, series }: Panel, top: number, minutes: number): string {
  const most = Math.max(1e-9, ...series.flatMap(({ values }) => values)) * 1.05;
  const width = WIDTH - LEFT - RIGHT;
  const y = (value: number) => (top + HEIGHT - (value / most) * HEIGHT).toFixed(1);
  const lines = series.map(({ values }, at) => {
    const points = values.map(
      (v, n) => `${(LEFT + (n / Math.max(1, values.length - 1)) * width).toFixed(1)},${y(v)}`,
    );
    return `<polyline fill="none" stroke="${COLOURS[at]}" stroke-width="1.5" points="${points.join(' ')}"/>`;
  });
  const keys = series.map(
    ({ name }, at) =>
      `<tspan fill="${COLOURS[at]}" dx="12">${series.length > 1 || name !== '' ? name : ''}</tspan>`,
  );
  return [
    `<text x="${LEFT}" y="${top - 6}">${title}${keys.join('')}</text>`,
    `<path d="M${LEFT},${top}V${top + HEIGHT}H${WIDTH - RIGHT}" fill="none" stroke="#9aa5b1"/>`,
    `<text x="${LEFT - 6}" y="${top + 10}" text-anchor="end">${short(most)}</text>`,
    `<text x="${LEFT - 6}" y="${top + HEIGHT}" text-anchor="end">0</text>`,
    `<text x="${WIDTH - RIGHT}" y="${top + HEIGHT + 14}" text-anchor="end">${minutes} min</text>`,
    ...lines,
  ].join('');
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
