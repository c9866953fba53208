/** Every reason for which a command is refused. Adapters put it into words; tests assert on the code. */
export type RefusalCode =
  | 'NAME_EMPTY'
  | 'NAME_TOO_LONG'
  | 'NAME_CHARACTERS'
  | 'NAME_MIXED_SCRIPTS'
  | 'NAME_RESERVED'
  | 'NAME_TAKEN'
  | 'NAME_RESEMBLES'
  | 'NAME_CLAIMED'
  | 'NAME_UNLISTED'
  | 'KEY_NEEDED'
  | 'KEY_WRONG'
  | 'KEY_FORM'
  | 'KEY_CODE'
  | 'KEY_CODE_TWICE'
  | 'KEY_LIMIT'
  | 'KEY_IN_USE'
  | 'KEY_UNKNOWN'
  | 'KEY_LISTED'
  | 'ALREADY_JOINED'
  | 'NOT_JOINED'
  | 'FOREIGN_NAME'
  | 'MESSAGE_EMPTY'
  | 'MESSAGE_TOO_LONG'
  | 'MESSAGE_CHARACTERS'
  | 'SEARCH_SIGNS'
  | 'DISK_FULL'
  | 'NOT_RECORDED'
  | 'OUTCOME_UNKNOWN'
  | 'TOO_MANY_JOINS'
  | 'BANNED'
  | 'MUTED'
  | 'SLOW_MODE'
  | 'NOT_OPERATOR'
  | 'WRONG_TOKEN'
  | 'NO_SUCH_USER'
  | 'NO_SUCH_TARGET'
  | 'NO_SUCH_MEASURE'
  | 'NO_SUCH_MESSAGE'
  | 'IS_OPERATOR'
  | 'HAS_NO_KEY';

/** The limit that was exceeded, and by what, in the unit of the rule: code points of a name, bytes of a message, how many. */
export interface Measured {
  readonly limit: number;
  readonly actual: number;
}

/** Somebody whose connection is gone and whose name is kept for them, in milliseconds. */
export interface Absence {
  readonly awayMs: number;
  /** Until the name is free, if they do not come back. */
  readonly freeInMs: number;
}

/** What a refusal is about, beyond its code. */
export interface RefusalDetails {
  /** With NAME_TAKEN, of the one who has the name, if they are away. */
  readonly holder?: Absence;
  /** With NAME_RESEMBLES, the name that it looks like: somebody's, or a reserved one. */
  readonly resembled?: string;
  /** With NAME_CLAIMED, the code of the key that was proven, by which the owner of the name can add it. */
  readonly keyCode?: string;
  /** With TOO_MANY_JOINS, SLOW_MODE, BANNED, MUTED and a stop, after how many milliseconds it works again, if it does. */
  readonly retryAfterMs?: number;
  /** With BANNED and MUTED, who decided that, until when (milliseconds since 1970), and why. */
  readonly by?: string;
  readonly until?: number;
  readonly reason?: string;
}

/** An expected failure: thrown by the core and answered to the user by an adapter; the connection stays open. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    readonly measured?: Measured,
    readonly details: RefusalDetails = {},
  ) {
    super(code);
  }
}
