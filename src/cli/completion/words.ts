/** What a shell has to know of a command. */
export interface CommandWords {
  readonly id: string;
  readonly summary: string;
  readonly flags: readonly FlagWords[];
  /** What the arguments can be, in their order; empty where it can be anything. */
  readonly args: readonly (readonly string[])[];
}

export interface FlagWords {
  readonly name: string;
  readonly summary: string;
  readonly takesValue: boolean;
  /** What the value can be; empty where it can be anything. */
  readonly values: readonly string[];
}
