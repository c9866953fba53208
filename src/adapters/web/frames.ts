// What the server sends over a WebSocket, RFC 6455 section 5.2: whole messages in one frame each, neither masked nor compressed.

const FIN = 0x80;
const TEXT = 0x1;
const CLOSE = 0x8;
const PONG = 0xa;

/** Lengths that stand in the second byte itself, and in two bytes behind it. */
const MAX_IN_BYTE = 125;
const MAX_IN_TWO = 0xffff;

/** How many frames are kept that others may want as well: one for each form of the wire. */
const KEPT = 2;

/** What stands before so many bytes of text. */
export function textHeader(length: number): Buffer {
  const header = Buffer.allocUnsafe(headerLength(length));
  writeHeader(header, TEXT, length);
  return header;
}

export function textFrame(content: Uint8Array | string): Buffer {
  if (typeof content !== 'string') return frame(TEXT, content);
  const length = Buffer.byteLength(content);
  const bytes = Buffer.allocUnsafe(headerLength(length) + length);
  bytes.write(content, writeHeader(bytes, TEXT, length));
  return bytes;
}

/** The last frame of an end, and why it is the last. */
export function closeFrame(code: number): Buffer {
  return frame(CLOSE, Buffer.of(code >> 8, code & 0xff));
}

export function pongFrame(asked: Uint8Array): Buffer {
  return frame(PONG, asked);
}

/** Frames of bytes that many members are handed as the same object: made once, not for each of them. */
export class SharedFrames {
  readonly #kept: { readonly bytes: Uint8Array; readonly frame: Buffer }[] = [];

  of(bytes: Uint8Array): Buffer {
    for (const kept of this.#kept) if (kept.bytes === bytes) return kept.frame;
    const made = frame(TEXT, bytes);
    if (this.#kept.unshift({ bytes, frame: made }) > KEPT) this.#kept.pop();
    return made;
  }
}

function frame(opcode: number, content: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headerLength(content.length) + content.length);
  bytes.set(content, writeHeader(bytes, opcode, content.length));
  return bytes;
}

function headerLength(length: number): number {
  if (length <= MAX_IN_BYTE) return 2;
  return length <= MAX_IN_TWO ? 4 : 10;
}

/** Returns where the content begins. */
function writeHeader(bytes: Buffer, opcode: number, length: number): number {
  bytes[0] = FIN | opcode;
  if (length <= MAX_IN_BYTE) {
    bytes[1] = length;
    return 2;
  }
  if (length <= MAX_IN_TWO) {
    bytes[1] = 126;
    return bytes.writeUInt16BE(length, 2);
  }
  bytes[1] = 127;
  return bytes.writeBigUInt64BE(BigInt(length), 2);
}
