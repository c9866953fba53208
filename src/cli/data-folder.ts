import { join } from 'node:path';
import type { Interfaces } from '@oclif/core';
import { SERVER_SETTINGS } from '../adapters/config/server-settings.js';
import { flagsOf, settingsOf } from './flags.js';

/** The settings of commands that handle the history in a folder. */
const FOLDER_SETTINGS = { dataDir: SERVER_SETTINGS.dataDir } as const;

export const FOLDER_FLAGS = flagsOf(FOLDER_SETTINGS);

/** The folder that was chosen by flag or environment, or else that of the platform. */
export function chosenFolder(flags: Record<string, unknown>, config: Interfaces.Config): string {
  const { dataDir } = settingsOf(FOLDER_SETTINGS, flags);
  return typeof dataDir === 'string' && dataDir !== '' ? dataDir : dataFolder(config);
}

/** chatty's folder in the platform's data folder: oclif's own answer would be about its plugins. */
export function dataFolder({ home, dirname, windows }: Interfaces.Config): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  return join(XDG_DATA_HOME || (windows && LOCALAPPDATA) || join(home, '.local/share'), dirname);
}
