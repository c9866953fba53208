import type { ServerAddress } from '../chat-request.js';

export type RoomLogFailureCode =
  | 'IN_USE'
  | 'NO_PERMISSION'
  | 'READ_ONLY'
  | 'DISK_FULL'
  | 'DAMAGED'
  | 'TOO_NEW'
  | 'NO_LIST'
  | 'LOG_LOST'
  | 'OTHER_LOG'
  | 'OTHER_RULES'
  | 'UNUSABLE';

/**
 * Why a room log, or whose names are whose, could not be opened, and which file or folder it is about.
 * LOG_LOST, OTHER_LOG: the log that several servers share is not what their copy of it in this folder says, or is another one.
 * OTHER_RULES: `path` is the server of this room that goes by other rules.
 */
export class RoomLogFailure extends Error {
  override readonly name = 'RoomLogFailure';

  constructor(
    readonly code: RoomLogFailureCode,
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super(`${code} ${path}`, options);
  }
}

export type ArchiveFailureCode = 'NOT_FOUND' | 'EMPTY' | 'EXISTS' | 'NOT_A_FILE' | 'OWN_FILE';

/** Why a history or a backup is not one that can be read or written, and which file it is about. */
export class ArchiveFailure extends Error {
  override readonly name = 'ArchiveFailure';

  constructor(
    readonly code: ArchiveFailureCode,
    readonly path: string,
  ) {
    super(`${code} ${path}`);
  }
}

export type ListenFailureCode =
  | 'PORT_IN_USE'
  | 'BAD_ADDRESS'
  | 'NO_PERMISSION'
  | 'BAD_SOCKET'
  | 'CANNOT_SHARE'
  | 'CANNOT_LISTEN';

/** Why a transport could not start. */
export class ListenFailure extends Error {
  override readonly name = 'ListenFailure';

  constructor(
    readonly code: ListenFailureCode,
    readonly address: ServerAddress,
    options?: ErrorOptions,
  ) {
    super(`${code} ${address.host} ${address.port}`, options);
  }
}

export type IdentityFailureCode =
  | 'NOT_FOUND'
  | 'NO_PERMISSION'
  | 'NOT_READABLE'
  | 'NOT_WRITABLE'
  | 'NOT_PRIVATE'
  | 'BAD_KEY'
  | 'BAD_HOST_KEY'
  | 'BAD_CERTIFICATE'
  | 'OTHER_KEY';

/** Why a server cannot prove who it is, and which file it is about. OTHER_KEY: a certificate is not for the key. */
export class IdentityFailure extends Error {
  override readonly name = 'IdentityFailure';

  constructor(
    readonly code: IdentityFailureCode,
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super(`${code} ${path}`, options);
  }
}

/** Another program keeps a store from writing for the moment: the same is to be tried again soon. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
}
