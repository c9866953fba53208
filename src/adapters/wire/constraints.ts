import { IsInt, Max, Min, ValidateBy } from 'class-validator';

// What members of commands have to be, where class-validator has no word for it.

/** Longest `ref` that a client may give a command, in UTF-16 units. */
export const MAX_REF_LENGTH = 64;

/** A whole number that is not negative. */
export function IsWhole(): PropertyDecorator {
  return (target, property) => {
    for (const decorate of [IsInt(), Min(0), Max(Number.MAX_SAFE_INTEGER)]) decorate(target, property);
  };
}

/** Half of a surrogate pair is no text: it would not be the same after it was recorded. */
export function IsWellFormed(): PropertyDecorator {
  return ValidateBy({
    name: 'isWellFormed',
    validator: { validate: text => typeof text === 'string' && text.isWellFormed() },
  });
}
