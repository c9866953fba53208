/** What a client needs of a line to a server: a socket of any kind has it, and whatever a browser has in place of one can. */
export interface ByteStream {
  /** Whether anything can still be written. */
  readonly writable: boolean;
  /** Bytes written that are still held in this process. */
  readonly writableLength: number;
  /** Whether more may be written now; if not, `drain` follows. */
  write(text: string): boolean;
  /** Hangs up after all that was written. */
  end(): unknown;
  /** Cuts the line at once. */
  destroy(error?: Error): unknown;
  pause(): unknown;
  resume(): unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** `end`: the other end says nothing more. `finish`: all is written, and this end has hung up. `close`: the line is down. */
  on(event: 'end' | 'drain' | 'close', listener: () => void): unknown;
  once(event: 'finish' | 'close', listener: () => void): unknown;
  off(event: 'drain' | 'close', listener: () => void): unknown;
}
