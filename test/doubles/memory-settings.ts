import type { RememberedSettings, SettingName, Settings } from '../../src/application/client/preferences.js';

/** Remembers what was chosen as long as the process lives. */
export class MemorySettings implements Settings {
  readonly location = 'memory';
  readonly #chosen = new Map<SettingName, string | number>();

  async read(): Promise<RememberedSettings> {
    return Object.fromEntries(this.#chosen);
  }

  async choose(name: SettingName, value: string | number | undefined): Promise<void> {
    if (value === undefined) this.#chosen.delete(name);
    else this.#chosen.set(name, value);
  }
}
