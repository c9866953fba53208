// The full one, which class-transformer needs, before inversify comes with a smaller one of its own.
import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

/** Settings from outside that cannot be used: one sentence for each, saying what would do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Makes a configuration of what flags and environment gave. @throws {ConfigError} */
export function parseConfig<T extends object>(type: new () => T, settings: Record<string, unknown>): T {
  const config = plainToInstance(type, settings);
  const errors = validateSync(config, { whitelist: true, forbidNonWhitelisted: true });
  // A value that breaks several rules of one limit is one problem, in one sentence.
  const problems = [...new Set(errors.flatMap(error => Object.values(error.constraints ?? {})))];
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}
