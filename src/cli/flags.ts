import type { Interfaces } from '@oclif/core';
import * as Flags from '@oclif/core/flags';
import { type Reload, type Setting, type SettingsTable, variableOf } from '../adapters/config/setting.js';

// Between a table of settings and oclif. No flag has a default for oclif, and all but switches are text: what is
// remembered comes between the environment and the defaults, and the configuration says what is wrong with a value.

/** The words that a flag can be, for the completion: oclif must not check them, it would say it in other words. */
export interface WithChoices {
  readonly choices?: readonly string[];
}

export function flagsOf(table: SettingsTable): Interfaces.FlagInput {
  return Object.fromEntries(Object.values(table).map(setting => [setting.flag, flagOf(setting)]));
}

/** What flags and environment gave for the settings of a table. */
export function settingsOf(table: SettingsTable, flags: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(table).map(([property, setting]) => {
    const { flag, formerly } = setting;
    const before = formerly && process.env[formerly.variable];
    const value = setting.kind === 'switch' ? switched(flags[flag], setting) : flags[flag];
    return [property, value ?? (before || undefined)] as const;
  });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

const ON = ['on'];
const OFF = ['off', 'false', 'no', 'n', '0'];

/** For oclif a variable is off whatever else it says; what is neither on nor off is left for the configuration to complain of. */
function switched(value: unknown, setting: Setting): unknown {
  const word = process.env[variableOf(setting)]?.trim().toLowerCase() ?? '';
  if (value !== false || OFF.includes(word)) return value;
  return ON.includes(word) || word;
}

/** What the help says of when a value in a file that has changed takes effect; what is as one expects needs no words. */
const RELOADED: Record<Reload, string> = {
  'at once': '',
  'new connections': 'Another value, after SIGHUP, is for new connections.',
  restart: 'Another value needs a restart.',
};

function flagOf(setting: Setting) {
  const { defaultText, group, formerly } = setting;
  const note = setting.reload === undefined || setting.isOfTheStart ? '' : RELOADED[setting.reload];
  const help = `${setting.help} ${note}`.trimEnd();
  const common = {
    description: defaultText === undefined ? help : `${help} ${defaultText}`,
    env: variableOf(setting),
    ...(group !== undefined && { helpGroup: group }),
    ...(formerly !== undefined && { aliases: [formerly.flag] }),
  };
  if (setting.kind === 'switch') return Flags.boolean(common);
  const value = defaultText === undefined ? setting.default : undefined;
  const placeholder = placeholderOf(setting);
  const choices = wordsOf(setting);
  return Object.assign(
    Flags.string({
      ...common,
      ...(placeholder !== undefined && { helpValue: placeholder }),
      ...(value !== undefined && { defaultHelp: async () => String(value) }),
    }),
    { choices } satisfies WithChoices,
  );
}

function wordsOf(setting: Setting): readonly string[] {
  if (setting.kind === 'choice') return setting.choices;
  return setting.kind === 'text' ? (setting.suggestions ?? []) : [];
}

function placeholderOf(setting: Setting): string | undefined {
  if (setting.placeholder !== undefined) return setting.placeholder;
  if (setting.kind === 'choice') return setting.choices.join('|');
  return setting.kind === 'number' ? '<number>' : undefined;
}
