const UNITS: [ms: number, name: string][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
];

/** How long ago, in the largest unit that gives at least one: `3 minutes ago`. */
export function ago(ms: number): string {
  for (const [unit, name] of UNITS) {
    const count = Math.floor(ms / unit);
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}

/** When, in whole seconds; a part of one is nothing to wait for. */
export function seconds(ms: number): string {
  return ms < 1000 ? 'at once' : `in ${Math.round(ms / 1000)} s`;
}

/** A moment in milliseconds since 1970 by the calendar and clock of this machine: `2026-03-01 14:05`. */
export function localTime(at: number): string {
  const date = new Date(at);
  // What no calendar holds; a server can say any number.
  if (Number.isNaN(date.getTime())) return 'some time';
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'],
  ...['September', 'October', 'November', 'December'],
];

/** The time of day of a moment by the clock of this machine: `14:05`. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '--:--' : `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The day of a moment by the calendar of this machine: `Monday, 23 November 2026`. */
export function dayOf(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'some day';
  return `${DAYS[date.getDay()]}, ${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
}
