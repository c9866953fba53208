/** Every "no" that the room can say. Adapters put it into words; tests assert on the code. */
export type RefusalCode =
  | 'NAME_EMPTY'
  | 'NAME_TOO_LONG'
  | 'NAME_CHARACTERS'
  | 'NAME_MIXED_SCRIPTS'
  | 'NAME_RESERVED'
  | 'NAME_TAKEN'
  | 'ALREADY_JOINED'
  | 'NOT_JOINED'
  | 'FOREIGN_NAME'
  | 'MESSAGE_EMPTY'
  | 'MESSAGE_TOO_LONG'
  | 'MESSAGE_CHARACTERS'
  | 'DISK_FULL'
  | 'NOT_RECORDED';

/** What the refusal was measured against, in the unit of its rule (code points of a name, bytes of a message). */
export interface Measured {
  readonly limit: number;
  readonly actual: number;
}

/** An expected "no": thrown by the core, answered to the user by the edge, and the connection lives on. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    readonly measured?: Measured,
  ) {
    super(code);
  }
}
