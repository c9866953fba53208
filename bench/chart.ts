import type { Measurement } from './measure.js';

const WIDTH = 720;
const BAR = 18;
const LEFT = 190;
const COLOURS: Record<string, string> = { chatty: '#0a7ea4' };
const OTHER = '#9aa5b1';

/** Horizontal bars of deliveries a second, one group for each workload; readable on light and on dark. */
export function chart(rows: readonly Measurement[], withPeers: boolean): string {
  const shown = rows.filter(({ workload }) =>
    withPeers ? 'ABC'.includes(workload) : /^\d+$/.test(workload),
  );
  const most = Math.max(...shown.map(row => row.deliveriesPerSecond));
  const title = withPeers
    ? 'Deliveries a second, one core (A: one speaker, B: everybody talks, C: 1,000 clients)'
    : 'Deliveries a second by size of the room, one core';
  let y = 40;
  let group = '';
  const bars = shown.map(row => {
    if (withPeers && group !== '' && group !== row.workload) y += 10;
    group = row.workload;
    const width = Math.max(1, (row.deliveriesPerSecond / most) * (WIDTH - LEFT - 110));
    const label = withPeers ? `${row.workload}  ${row.server}` : `${row.workload} clients`;
    const bar = [
      `<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${label}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 3}" fill="${COLOURS[row.server] ?? OTHER}"/>`,
      `<text x="${LEFT + width + 6}" y="${y + 13}">${(row.deliveriesPerSecond / 1e6).toFixed(2)} M</text>`,
    ].join('');
    y += BAR + 3;
    return bar;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 10}" viewBox="0 0 ${WIDTH} ${y + 10}"`,
    ` font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#ffffff"/>`,
    `<title>${title}</title><text x="12" y="22" font-weight="bold">${title}</text>${bars.join('')}</svg>\n`,
  ].join('');
}
