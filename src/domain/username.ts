import { objectionToCharacters } from './name-characters.js';
import { usernameKey } from './name-key.js';
import { MAX_USERNAME_LENGTH, RESERVED_USERNAMES } from './name-limits.js';
import { looksOf } from './name-look.js';
import { Refusal } from './refusal.js';

const RESERVED_KEYS = new Set<string>(RESERVED_USERNAMES.map(usernameKey));

/** What looks like a reserved name, with that name; made when the first name is checked. */
let reservedLooks: ReadonlyMap<string, string> | undefined;

/** A name that obeys the rules, kept as it was typed, with the key under which it is unique. */
export class Username {
  private constructor(
    readonly value: string,
    readonly key: string,
  ) {}

  /**
   * @throws {Refusal} NAME_EMPTY, NAME_TOO_LONG, NAME_RESERVED, NAME_RESEMBLES (a reserved name), NAME_CHARACTERS or
   * NAME_MIXED_SCRIPTS
   */
  static parse(value: string, maxLength: number = MAX_USERNAME_LENGTH): Username {
    if (value.trim() === '') throw new Refusal('NAME_EMPTY');
    const actual = codePointsIn(value);
    if (actual > maxLength) throw new Refusal('NAME_TOO_LONG', { limit: maxLength, actual });
    const key = usernameKey(value);
    if (RESERVED_KEYS.has(key)) throw new Refusal('NAME_RESERVED');
    reservedLooks ??= new Map(
      RESERVED_USERNAMES.flatMap(name => [...looksOf(name)].map(look => [look, name])),
    );
    for (const look of looksOf(value)) {
      const resembled = reservedLooks.get(look);
      if (resembled !== undefined) throw new Refusal('NAME_RESEMBLES', undefined, { resembled });
    }
    const code = objectionToCharacters(value);
    if (code !== undefined) throw new Refusal(code);
    return new Username(value, key);
  }

  /** A name that was found right when it was given, under whatever rules there were. */
  static given(value: string): Username {
    return new Username(value, usernameKey(value));
  }
}

/** Counted one by one: whoever says very long ones makes no arrays here. */
function codePointsIn(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
