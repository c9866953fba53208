import type { EndReason } from '../../../application/server/broadcast-ports.js';
import type { NoticeCode } from '../notice.js';

/** A connection's line, as a transport provides it. Contract: test/unit/adapters/wire/listen/stream-channel.test.ts */
export interface Channel {
  /** The address of the other end; nothing where it is this process. */
  readonly address: string | undefined;
  /** What the other end may call this server in a proof that is for it only: see `Peer`. */
  readonly server: string;
  /** Whether nobody on the way can read it. */
  readonly isEncrypted: boolean;
  /** The way that it has come, in a word for metrics: `web`, `ssh`; TCP itself where nothing is said. */
  readonly transport?: string | undefined;
  /** The key that the transport has proven to be the other end's: a join over this line needs no other proof. */
  readonly provenKey?: string | undefined;
  /** Whether a session ends with this line: whoever has it could not take the session up over another one. */
  readonly endsSession?: boolean;
  /** Bytes written that are still held in this process; 0 when the operating system has all of them. */
  readonly backlog: number;
  /** Whether the line is down. */
  readonly isDown: boolean;
  /** Called once, before any data arrives. */
  listen(listener: ChannelListener): void;
  /** Takes whole lines, keeps their order, never throws, and does not change the bytes, which others share. */
  write(lines: Uint8Array | string): void;
  /** Takes pieces that together are whole lines, as one write. */
  writeAll(pieces: readonly Uint8Array[]): void;
  /** Calls `listener` once, after this call, when the backlog is 0 again or the line is down. */
  whenTaken(listener: () => void): void;
  /** Nothing more is read until `resume`; a few bytes may still arrive. */
  pause(): void;
  resume(): void;
  /**
   * Hangs up after the last lines, within so many milliseconds; what still arrives is read as before.
   * @param reason for a line that can say it besides
   */
  end(lastLines: string | undefined, timeoutMs: number, reason?: EndReason | NoticeCode): void;
  /** Cuts the line at once. */
  destroy(): void;
  /** Resolves when the line is down. */
  closed(): Promise<void>;
}

export interface ChannelListener {
  onData(chunk: Buffer): void;
  /** The line is not of a kind that is accepted here, for this reason. Nothing of what was said is heard. */
  onRefused(reason: NoticeCode): void;
  /** The line broke: a reset, a broken pipe. `onEnd` follows. */
  onError(error: NodeJS.ErrnoException): void;
  /** The other end sends nothing more, or the line is down. May be called twice. */
  onEnd(): void;
}
