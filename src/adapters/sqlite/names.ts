import { existsSync } from 'node:fs';

/** A name that nothing has yet: with the time, and a number if it is taken. */
export function freeName(beginning: string): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  const name = `${beginning}-${time}`;
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}-${n}`;
    if (!existsSync(candidate)) return candidate;
  }
}
