// The full one, which class-transformer needs, before inversify comes with a smaller one of its own.
import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  validateSync,
} from 'class-validator';
import {
  type Configuration,
  configNameOf,
  MS_PER,
  type Setting,
  type SettingsTable,
  type TextSetting,
  variableOf,
} from './setting.js';
import { TEXT_FORMS, type TextForm } from './text-form.js';

/** Settings from outside that cannot be used: one sentence for each, saying what would do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** A class with a property for every setting of a table, its default and its rules on it. */
export class ConfigType<T extends SettingsTable> {
  readonly given: new () => object;

  constructor(readonly table: T) {
    const defaults = Object.entries(table).flatMap(([property, { default: value }]) =>
      value === undefined ? [] : [[property, value]],
    );
    this.given = class {
      constructor() {
        Object.assign(this, Object.fromEntries(defaults));
      }
    };
    for (const [property, setting] of Object.entries(table)) this.rule(property, ...rulesOf(setting));
  }

  /** Puts more rules on a property. */
  rule(property: keyof T & string, ...rules: readonly PropertyDecorator[]): this {
    for (const decorate of rules) decorate(this.given.prototype, property);
    return this;
  }
}

/**
 * Makes a configuration of what was given.
 * @param placeOf where a property stands that is not from the command line
 * @throws {ConfigError}
 */
export function parseConfig<T extends SettingsTable>(
  { given, table }: ConfigType<T>,
  settings: Record<string, unknown>,
  placeOf: (property: string) => string | undefined = () => undefined,
): Configuration<T> {
  const values = plainToInstance(given, settings);
  const errors = validateSync(values, { whitelist: true, forbidNonWhitelisted: true });
  // A value that breaks several rules of one limit is one problem, in one sentence.
  const problems = [
    ...new Set(
      errors.flatMap(({ property, constraints = {} }) => {
        const place = placeOf(property);
        return Object.values(constraints).map(problem =>
          place === undefined ? problem : `${place}: ${problem}`,
        );
      }),
    ),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    known.map(([property, value]) => inMilliseconds(property, value, table[property])),
  ) as Configuration<T>;
}

function inMilliseconds(property: string, value: unknown, setting?: Setting): [string, unknown] {
  if (setting?.kind !== 'number' || setting.unit === undefined) return [property, value];
  return [configNameOf(property, setting), Number(value) * MS_PER[setting.unit]];
}

function rulesOf(setting: Setting): PropertyDecorator[] {
  const name = `--${setting.flag} (or ${variableOf(setting)})`;
  const optional = setting.default === undefined ? [IsOptional()] : [];
  switch (setting.kind) {
    case 'text':
      return [...optional, ...textRules(setting)];
    case 'number': {
      const { min, max } = setting;
      const message = `${name} is a whole number from ${min} to ${max}.`;
      return [...optional, number, IsInt({ message }), Min(min, { message }), Max(max, { message })];
    }
    case 'choice':
      return [
        ...optional,
        IsIn(setting.choices, { message: `${name} is one of ${setting.choices.join(', ')}.` }),
      ];
    case 'switch':
      return [IsBoolean({ message: `${name} is on or off: true or false.` })];
  }
}

function textRules({
  flag,
  ifEmpty,
  maxLength,
  form,
  onlyIf = {},
  unless = {},
}: TextSetting): PropertyDecorator[] {
  const what = `A ${flag}`;
  const [others, exceptions] = [Object.entries(onlyIf), Object.entries(unless)];
  return [
    IsString({ message: `${what} is text.` }),
    ...(ifEmpty === undefined ? [] : [IsNotEmpty({ message: ifEmpty })]),
    ...(maxLength === undefined
      ? []
      : [MaxLength(maxLength, { message: `${what} has at most ${maxLength} characters.` })]),
    ...(form === undefined ? [] : formRules(flag, TEXT_FORMS[form])),
    ...(others.length === 0
      ? []
      : [ValidateIf(config => others.every(([property, value]) => config[property] === value))]),
    ...(exceptions.length === 0
      ? []
      : [ValidateIf(config => exceptions.every(([property, value]) => config[property] !== value))]),
  ];
}

function formRules(flag: string, { tidy, problem }: TextForm): PropertyDecorator[] {
  return [
    Transform(({ value }) => (typeof value === 'string' ? tidy(value) : value)),
    ValidateBy({
      name: 'hasForm',
      validator: {
        validate: value => typeof value !== 'string' || problem(value) === undefined,
        defaultMessage: context => `--${flag} ${problem(String(context?.value)) ?? ''}`,
      },
    }),
  ];
}

/** From outside it comes as text. */
const number = Transform(({ value }) => (/^\d+$/.test(String(value)) ? Number(value) : value));
