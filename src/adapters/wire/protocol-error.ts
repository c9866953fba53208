export type ProtocolErrorCode = 'LINE_TOO_LONG' | 'NOT_UTF8' | 'NOT_JSON' | 'UNKNOWN_COMMAND' | 'BAD_COMMAND';

/** Nonsense on the wire: answered once with its reason, then hung up, for nothing after it can be trusted. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly code: ProtocolErrorCode,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
