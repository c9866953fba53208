import type { Writable } from 'node:stream';
import * as ws from 'ws';

/** What a client has said, frame by frame. */
export interface FrameListener {
  /** A whole text message. */
  onText(bytes: Buffer): void;
  onPing(content: Buffer): void;
  onPong(): void;
  /** It closes; nothing more comes. */
  onClose(): void;
  /** Something that is no message here, for this code of a close frame. Nothing more is read. */
  onInvalid(code: number, error: NodeJS.ErrnoException): void;
}

/** Codes of close frames, RFC 6455 section 7.4.1. */
export const CLOSE = {
  left: 1000,
  goingAway: 1001,
  protocolError: 1002,
  notText: 1003,
  refused: 1008,
  tooBig: 1009,
  fault: 1011,
  tryLater: 1013,
} as const;

/** In how many pieces a message may come: frames, and chunks of the line. Whoever cuts it smaller wants to cost memory. */
const MAX_PIECES = 256;

const TOO_LONG = new Set(['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH']);
const TOO_MANY_PIECES = 'WS_ERR_TOO_MANY_BUFFERED_PARTS';

interface ReceiverOptions {
  readonly isServer: boolean;
  readonly maxPayload: number;
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  readonly skipUTF8Validation: boolean;
}

/** ws' own reader of frames, which its types do not name. */
const { Receiver } = ws as unknown as { readonly Receiver: new (options: ReceiverOptions) => Writable };

/** Reads the frames of a client. */
export class FrameReader {
  readonly #receiver: Writable;
  #isOver = false;

  /** @param maxBytes of one message */
  constructor(
    maxBytes: number,
    private readonly listener: FrameListener,
  ) {
    this.#receiver = new Receiver({
      isServer: true,
      maxPayload: maxBytes,
      maxFragments: MAX_PIECES,
      maxBufferedChunks: MAX_PIECES,
      skipUTF8Validation: true, // whoever reads the lines looks
    });
    this.#receiver.on('message', (bytes: Buffer, isBinary: boolean) => this.#onMessage(bytes, isBinary));
    this.#receiver.on('ping', (content: Buffer) => this.#unlessOver(() => listener.onPing(content)));
    this.#receiver.on('pong', () => this.#unlessOver(() => listener.onPong()));
    this.#receiver.on('conclude', () => this.#end(() => listener.onClose()));
    this.#receiver.on('error', (error: NodeJS.ErrnoException) =>
      this.#end(() => listener.onInvalid(codeOf(error), error)),
    );
  }

  read(chunk: Buffer): void {
    if (!this.#isOver) this.#receiver.write(chunk);
  }

  #onMessage(bytes: Buffer, isBinary: boolean): void {
    if (!isBinary) this.#unlessOver(() => this.listener.onText(bytes));
    else {
      const error = Object.assign(new Error('a binary message'), { code: 'NOT_TEXT' });
      this.#end(() => this.listener.onInvalid(CLOSE.notText, error));
    }
  }

  #unlessOver(work: () => void): void {
    if (!this.#isOver) work();
  }

  #end(work: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    work();
  }
}

function codeOf({ code = '' }: NodeJS.ErrnoException): number {
  if (TOO_LONG.has(code)) return CLOSE.tooBig;
  return code === TOO_MANY_PIECES ? CLOSE.refused : CLOSE.protocolError;
}
