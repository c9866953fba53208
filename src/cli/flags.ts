import { Flags } from '@oclif/core';
import { CLIENT_DEFAULTS, variableOf } from '../adapters/config/defaults.js';

// The flags that every command has that goes to a server. They have no default for oclif: what is remembered comes
// between the environment and the defaults, and the configuration says what is wrong with a number.

export const username = Flags.string({
  description: 'Who you are.',
  env: variableOf('username'),
});

export const host = Flags.string({
  description: 'Machine where the server runs.',
  env: variableOf('host'),
  defaultHelp: async () => CLIENT_DEFAULTS.host,
});

export const port = Flags.string({
  description: 'Port of the server.',
  helpValue: '<number>',
  env: variableOf('port'),
  defaultHelp: async () => String(CLIENT_DEFAULTS.port),
});

/** One of a few words; the configuration says so when it is another. */
export function choice(name: string, values: readonly string[], value: string, description: string) {
  return Flags.string({
    description,
    helpValue: values.join('|'),
    env: variableOf(name),
    defaultHelp: async () => value,
  });
}
