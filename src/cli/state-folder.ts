import { join } from 'node:path';
import type { Interfaces } from '@oclif/core';

/** chatty's folder in the platform's state folder: what is worth less than data, and no setting. */
export function stateFolder({ home, dirname, windows }: Interfaces.Config): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = process.env;
  return join(XDG_STATE_HOME || (windows && LOCALAPPDATA) || join(home, '.local/state'), dirname);
}
