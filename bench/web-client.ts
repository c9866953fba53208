// A WebSocket from the side of a client, as cheap as it can be: what is measured is the server.

const NEWLINE = Buffer.from('\n');

/** What makes a connection a WebSocket. */
export function upgradeRequest(path: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');
}

/** A text of less than 64 KiB as a frame; its mask is zero, which changes nothing. */
export function clientFrame(text: string): Buffer {
  const content = Buffer.from(text);
  const { length } = content;
  const header = length < 126 ? [0x81, 0x80 | length] : [0x81, 0xfe, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), content]);
}

/** Takes the frames off what a server sends. */
export class FrameStream {
  #isOpen = false;
  /** The answer to the request, or a header, as far as it has come. */
  #begun = '';
  /** Bytes of the present frame that are still to come. */
  #left = 0;

  /**
   * @param endsLines whether the end of a frame is that of a line, and the wire itself has none
   * @param onOpen called when the connection is a WebSocket
   */
  constructor(
    private readonly endsLines: boolean,
    private readonly onOpen: () => void,
    private readonly onContent: (content: Buffer) => void,
  ) {}

  read(chunk: Buffer): void {
    let at = this.#isOpen ? 0 : this.#open(chunk);
    while (at < chunk.length) {
      if (this.#left === 0) at = this.#readHeader(chunk, at);
      const end = Math.min(at + this.#left, chunk.length);
      if (end === at) continue;
      this.#left -= end - at;
      this.onContent(chunk.subarray(at, end));
      if (this.#left === 0 && this.endsLines) this.onContent(NEWLINE);
      at = end;
    }
  }

  /** Where the first frame begins. */
  #open(chunk: Buffer): number {
    const before = this.#begun.length;
    this.#begun += chunk.toString('latin1');
    const end = this.#begun.indexOf('\r\n\r\n');
    if (end === -1) return chunk.length;
    if (!this.#begun.startsWith('HTTP/1.1 101 ')) throw new Error(this.#begun);
    this.#isOpen = true;
    this.#begun = '';
    this.onOpen();
    return end + 4 - before;
  }

  /** Where the content begins, if the header is whole. */
  #readHeader(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      this.#begun += String.fromCharCode(chunk[at] ?? 0);
      const code = this.#begun.charCodeAt(1);
      const length = code === 127 ? 10 : code === 126 ? 4 : 2;
      if (this.#begun.length < length) continue;
      const header = Buffer.from(this.#begun, 'latin1');
      this.#left =
        length === 2 ? code : length === 4 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
      this.#begun = '';
      return at + 1;
    }
    return chunk.length;
  }
}
