const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const DURATION = /^(?:\d{1,6}[smhdw])+$/i;

/** As people write it (`10m`, `1h30m`, `2d`), in milliseconds; nothing when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+)([smhdw])/gi))
    ms += Number(count) * (UNITS[unit.toLowerCase()] ?? 0);
  return ms;
}
