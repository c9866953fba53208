/** When the terminal is to ring: never, when one is mentioned, at every message. */
export const BELLS = ['off', 'mentions', 'all'] as const;
export type Bell = (typeof BELLS)[number];

/** Whether what is shown has colors; `auto` leaves it to the terminal and the environment. */
export const COLOR_MODES = ['auto', 'always', 'never'] as const;
export type ColorMode = (typeof COLOR_MODES)[number];

/** Which comings and goings are shown: each in a row, several at once in one, or none. */
export const PRESENCE_MODES = ['all', 'folded', 'off'] as const;
export type PresenceMode = (typeof PRESENCE_MODES)[number];

/** Which lines at the prompt are commands: `send ...` and `leave` as well, or only what begins with a slash. */
export const COMMAND_STYLES = ['words', 'slash'] as const;
export type CommandStyle = (typeof COMMAND_STYLES)[number];

/** What is remembered from one time to the next, if the person chose so. */
export const SETTING_NAMES = [
  'to',
  'host',
  'port',
  'username',
  'key',
  'bell',
  'color',
  'commands',
  'presence',
  'ignore',
  'highlight',
  'align',
] as const;
export type SettingName = (typeof SETTING_NAMES)[number];

/** As it was found: whether the values can be used is for the reader to say. */
export type RememberedSettings = { readonly [N in SettingName]?: unknown };

/** What a person has chosen for good. Contract: test/contracts/settings.test.ts */
export interface Settings {
  /** Where they are kept, for people. */
  readonly location: string;
  /** All that is remembered; nothing where nobody has chosen anything. @throws {SettingsFailure} */
  read(): Promise<RememberedSettings>;
  /**
   * Remembers a choice, or forgets it when there is no value; all others stay, also those that this version does not
   * know. Several at a time are done one after the other. @throws {SettingsFailure} and all is as before
   */
  choose(name: SettingName, value: string | number | undefined): Promise<void>;
}

export type SettingsFailureCode = 'NOT_READABLE' | 'NOT_JSON' | 'NOT_WRITABLE';

/** Why settings could not be read or kept, and in which file. */
export class SettingsFailure extends Error {
  override readonly name = 'SettingsFailure';

  constructor(
    readonly code: SettingsFailureCode,
    readonly location: string,
    options?: ErrorOptions,
  ) {
    super(`${code} ${location}`, options);
  }
}
