import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type RememberedSettings,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  SettingsFailure,
} from '../../application/client/preferences.js';
import { writeWhole } from '../files/whole-file.js';

/**
 * Keeps what a person has chosen in `settings.json`, one JSON object, in a folder of its own. A reader sees all of the
 * old or all of the new; of two programs that write at the same time, the last one wins.
 */
export class SettingsFile implements Settings {
  readonly location: string;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.location = join(folder, 'settings.json');
  }

  async read(): Promise<RememberedSettings> {
    const all = await this.#readAll();
    return Object.fromEntries(SETTING_NAMES.flatMap(name => (name in all ? [[name, all[name]]] : [])));
  }

  choose(name: SettingName, value: string | number | undefined): Promise<void> {
    const done = this.#writing.then(() => this.#choose(name, value));
    this.#writing = done.catch(() => {}); // told to the caller
    return done;
  }

  async #choose(name: SettingName, value: string | number | undefined): Promise<void> {
    const { [name]: _, ...others } = await this.#readAll();
    const all = value === undefined ? others : { ...others, [name]: value };
    try {
      // Some keep such files elsewhere, under version control, with a link to them here: the link stays.
      const target = await realpath(this.location).catch(() => this.location);
      writeWhole(target, `${JSON.stringify(all, null, 2)}\n`);
    } catch (error) {
      throw new SettingsFailure('NOT_WRITABLE', this.location, { cause: error });
    }
  }

  async #readAll(): Promise<Record<string, unknown>> {
    let text: string;
    try {
      text = await readFile(this.location, 'utf8');
    } catch (error) {
      if (isMissing(error)) return {};
      throw new SettingsFailure('NOT_READABLE', this.location, { cause: error });
    }
    try {
      const all: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
      if (typeof all === 'object' && all !== null && !Array.isArray(all)) return { ...all };
    } catch {
      // told below
    }
    throw new SettingsFailure('NOT_JSON', this.location);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
