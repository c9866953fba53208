import type { ServerConfig } from './server-config.js';
import { SERVER_SETTINGS } from './server-settings.js';
import { configNameOf, MS_PER, type Reload, type Setting } from './setting.js';
import { shown } from './text-form.js';

/** A setting that has another value than before, as in a file: without an old or a new value where there is none. */
export interface SettingChange {
  readonly flag: string;
  readonly from: string;
  readonly to: string;
  readonly reload: Reload;
}

/** A plain object with what one part of the server goes by. */
interface View {
  readonly values: object;
  readonly of: (config: ServerConfig) => object;
}

/** Looks whether the next settings can be used, and throws if not; what it returns makes them so. */
type Preparation = (next: ServerConfig) => () => void;

/**
 * What a running server goes by. Each part is handed a view of it, a plain object whose values change when the settings do: to
 * look at one costs what it costs to look at any object, and a part that keeps no copies has nothing to do for it.
 */
export class LiveSettings {
  readonly #views: View[] = [];
  readonly #preparations: Preparation[] = [];
  #config: ServerConfig;

  constructor(config: ServerConfig) {
    this.#config = config;
  }

  /** What the server goes by now. */
  get now(): ServerConfig {
    return this.#config;
  }

  /** @param of makes the view of a configuration, with the same properties each time */
  view<T extends object>(of: (config: ServerConfig) => T): T {
    const values = of(this.#config);
    this.#views.push({ values, of });
    return values;
  }

  /** For what takes more than other values: a file that has to be read, work that is to be done then. */
  onChange(prepare: Preparation): void {
    this.#preparations.push(prepare);
  }

  /**
   * Goes by other settings from now on, but for those that need a restart; answers with all that are other ones. Also where none
   * is: a file may be another one under its old name.
   * @throws whatever is wrong with a file that the settings name; nothing has changed then
   */
  change(next: ServerConfig): readonly SettingChange[] {
    const changes = Object.entries(SERVER_SETTINGS).flatMap(([property, setting]) =>
      changeOf(setting, configNameOf(property, setting) as keyof ServerConfig, this.#config, next),
    );
    const usable = { ...next, ...fixedOf(this.#config, next) };
    const makeSo = this.#preparations.map(prepare => prepare(usable));
    this.#config = usable;
    for (const { values, of } of this.#views) Object.assign(values, of(usable));
    for (const make of makeSo) make();
    return changes;
  }
}

type Reloadable = Setting & { readonly reload: Reload };

function fixedOf(before: ServerConfig, after: ServerConfig): Partial<ServerConfig> {
  const fixed = Object.entries(SERVER_SETTINGS).flatMap(([property, setting]) => {
    const name = configNameOf(property, setting) as keyof ServerConfig;
    return reloadOf(setting, before, after) === 'restart' ? [[name, before[name]]] : [];
  });
  return Object.fromEntries(fixed);
}

/** What is looked at only where another setting has a certain value waits with that one: the new value may be for the new one. */
function reloadOf({ reload, ...setting }: Reloadable, before: ServerConfig, after: ServerConfig): Reload {
  const conditions = setting.kind === 'text' ? Object.keys({ ...setting.onlyIf, ...setting.unless }) : [];
  const table: Readonly<Record<string, Reloadable>> = SERVER_SETTINGS;
  const waits = (property: string) => {
    const other = table[property];
    if (other?.reload !== 'restart') return false;
    const name = configNameOf(property, other) as keyof ServerConfig;
    return before[name] !== after[name];
  };
  return conditions.some(waits) ? 'restart' : reload;
}

function changeOf(
  setting: Reloadable,
  name: keyof ServerConfig,
  before: ServerConfig,
  after: ServerConfig,
): SettingChange[] {
  if (before[name] === after[name]) return [];
  const { flag } = setting;
  const reload = reloadOf(setting, before, after);
  return [{ flag, from: textOf(before[name], setting), to: textOf(after[name], setting), reload }];
}

function textOf(value: unknown, setting: Setting): string {
  const unit = setting.kind === 'number' ? setting.unit : undefined;
  if (value === undefined || value === '') return 'none';
  return String(unit === undefined ? shown(setting, value) : Number(value) / MS_PER[unit]);
}
