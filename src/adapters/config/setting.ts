// How a setting is written down. The tables of settings are data, without any package: every start of the command line
// reads them, and flags, environment variables, help, completion and the checks are made of them.

/** Bytes. */
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

export interface Described {
  /** Without its dashes. */
  readonly flag: string;
  /** Where it is not the one that `variableOf` makes of the flag. */
  readonly variable?: string;
  readonly help: string;
  /** Told at the end of the help in place of the default. */
  readonly defaultText?: string;
  /** In the help, the value of the flag. */
  readonly placeholder?: string;
  /** The heading in the help under which the flag stands. */
  readonly group?: string;
  /** Whether it can only be said at the start, and not in a file. */
  readonly isOfTheStart?: true;
  /** Of a setting of the server; see Reload. */
  readonly reload?: Reload;
  /** Names it had before, which are still understood. */
  readonly formerly?: { readonly flag: string; readonly variable: string };
}

/**
 * When another value takes effect that a running server is told of (SIGHUP): for everybody at once, for connections that come from
 * then on, or at the next start only.
 */
export type Reload = 'at once' | 'new connections' | 'restart';

export interface TextSetting extends Described {
  readonly kind: 'text';
  readonly default?: string;
  /** What is said when it is empty, where it must not be. */
  readonly ifEmpty?: string;
  readonly maxLength?: number;
  /** What kind of text it is; see text-form.ts */
  readonly form?:
    | 'address'
    | 'path'
    | 'server'
    | 'servers'
    | 'networks'
    | 'listen'
    | 'origins'
    | 'history'
    | 'room';
  /** It is looked at only where other settings have these values. */
  readonly onlyIf?: Readonly<Record<string, unknown>>;
  /** It is not looked at where other settings have these values. */
  readonly unless?: Readonly<Record<string, unknown>>;
  /** What it may begin with, for the completion. */
  readonly suggestions?: readonly string[];
}

/** A whole number. */
export interface NumberSetting extends Described {
  readonly kind: 'number';
  readonly default?: number;
  readonly min: number;
  readonly max: number;
  /** The last word of the property: `graceSeconds` is given in seconds, and becomes `graceMs` in the configuration. */
  readonly unit?: Unit;
}

/** One of a few words. */
export interface ChoiceSetting extends Described {
  readonly kind: 'choice';
  readonly default?: string;
  readonly choices: readonly string[];
}

/** Off unless it is given. */
export interface SwitchSetting extends Described {
  readonly kind: 'switch';
  readonly default: false;
}

export type Setting = TextSetting | NumberSetting | ChoiceSetting | SwitchSetting;

/** Settings by their property. */
export type SettingsTable = Readonly<Record<string, Setting>>;

/** Settings of the server: each says when another value takes effect. */
export type ReloadableTable = Readonly<Record<string, Setting & { readonly reload: Reload }>>;

export type Unit = 'Seconds' | 'Days';

export const MS_PER: Record<Unit, number> = { Seconds: 1000, Days: 24 * 60 * 60 * 1000 };

type ValueOf<S> = S extends { choices: readonly (infer Word)[] }
  ? Word
  : S extends { kind: 'number' }
    ? number
    : S extends { kind: 'switch' }
      ? boolean
      : string;

/** What can be given for the settings of a table, in the units of the table. */
export type Given<T> = { readonly [P in keyof T]?: ValueOf<T[P]> };

type Property<P, S> = S extends { unit: infer U extends Unit }
  ? P extends `${infer Stem}${U}`
    ? `${Stem}Ms`
    : never
  : P;

/** The settings of a table when all are known: times are in milliseconds. */
export type Configuration<T> = {
  readonly [P in keyof T as T[P] extends { default: unknown } ? Property<P, T[P]> : never]: ValueOf<T[P]>;
} & {
  readonly [P in keyof T as T[P] extends { default: unknown } ? never : Property<P, T[P]>]?: ValueOf<T[P]>;
};

/** Of the settings of a table, those that stay as they are until the next start. */
export type Fixed<T extends ReloadableTable> = {
  readonly [P in keyof T as T[P]['reload'] extends 'restart' ? P : never]: T[P];
};

/** The name of a setting in the configuration: times are in milliseconds there. */
export function configNameOf(property: string, setting: Setting): string {
  const unit = setting.kind === 'number' ? setting.unit : undefined;
  return unit === undefined ? property : `${property.slice(0, -unit.length)}Ms`;
}

/** The environment variable that stands for a flag. */
export function variableOf({ flag, variable }: Setting): string {
  return variable ?? `CHATTY_${flag.replaceAll('-', '_').toUpperCase()}`;
}

// The two that both programs share have the variables of the original.
export const HOST = {
  kind: 'text',
  flag: 'host',
  variable: 'TCP_SERVER_ADDRESS',
  form: 'address',
  default: 'localhost',
} as const;
export const PORT = {
  kind: 'number',
  flag: 'port',
  variable: 'TCP_SERVER_PORT',
  default: 8081,
  min: 0,
  max: 65_535,
} as const;
