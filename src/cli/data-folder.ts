import { join } from 'node:path';
import type { Command, Interfaces } from '@oclif/core';
import { SERVER_SETTINGS } from '../adapters/config/server-settings.js';
import { TEXT_FORMS } from '../adapters/config/text-form.js';
import { EXIT, fail } from './exit.js';
import { flagsOf, settingsOf } from './flags.js';

/** The settings of commands that handle the history in a folder. */
const { reload: _, ...dataDir } = SERVER_SETTINGS.dataDir;
const FOLDER_SETTINGS = { dataDir } as const;

export const FOLDER_FLAGS = flagsOf(FOLDER_SETTINGS);

/** The folder that was chosen by flag or environment, or else that of the platform. */
export function chosenFolder(command: Command, flags: Record<string, unknown>): string {
  const { dataDir } = settingsOf(FOLDER_SETTINGS, flags);
  return typeof dataDir === 'string' && dataDir !== ''
    ? pathOf(command, '--data-dir', dataDir)
    : dataFolder(command.config);
}

/** A path as it is meant; one that cannot be meant ends the command. @param name of what it was given for */
export function pathOf(command: Command, name: string, text: string): string {
  const { tidy, problem } = TEXT_FORMS.path;
  const path = tidy(text);
  const wrong = problem(path);
  if (wrong !== undefined) fail(command, `${name} ${wrong}`, EXIT.USAGE);
  return path;
}

/** chatty's folder in the platform's data folder: oclif's own answer would be about its plugins. */
export function dataFolder({ home, dirname, windows }: Interfaces.Config): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  return join(XDG_DATA_HOME || (windows && LOCALAPPDATA) || join(home, '.local/share'), dirname);
}
