import { stringify as toYaml } from 'yaml';
import type { Setting } from './setting.js';

/** A line of a configuration file. */
export function stringify({ kind, flag }: Setting, value: unknown): string {
  const typed = kind === 'number' ? Number(value) : value;
  return toYaml({ [flag]: typed }, { lineWidth: 0 }).trimEnd();
}
