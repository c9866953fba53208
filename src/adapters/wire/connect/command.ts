import type { ChatRequest, JoinRequest, OutgoingMessage } from '../../../application/chat-request.js';
import { MessageTooLong } from '../../../application/client/ports.js';
import { utf8Bytes } from '../../../domain/chat-message.js';
import {
  encodeExtendedSend,
  encodeJoin,
  encodeLeave,
  encodePing,
  encodeProve,
  encodeRequest,
  encodeSend,
} from '../command-lines.js';
import { MAX_LINE_BYTES } from '../line-splitter.js';
import { basicContent } from '../memo.js';
import type { ByteStream } from './byte-stream.js';

/** A pause of this length, in milliseconds, ends what is sent in one go. */
const ONE_GO_MS = 5000;

/**
 * Most bytes that a server may leave unread, and go on answering: more than any server's buffers take from us. It gets
 * no more, for what it answers it has not read.
 */
const MAX_UNREAD_BYTES = 256 * 1024;

/** Sends commands to a server, in the form that the Join chooses. */
export class CommandWriter {
  #username = '';
  #isExtended = false;
  #unconfirmedLines = 0;
  #sentAt = 0;

  constructor(private readonly stream: ByteStream) {}

  get isExtended(): boolean {
    return this.#isExtended;
  }

  /**
   * Messages sent in one go, up to the last one, that a slow server may not have read yet; none in the extended form,
   * in which the server says what it has read.
   */
  get unconfirmedLines(): number {
    return performance.now() - this.#sentAt < ONE_GO_MS ? this.#unconfirmedLines : 0;
  }

  join(request: JoinRequest): void {
    this.#username = request.username;
    this.#isExtended = request.extended !== undefined;
    this.#write(encodeJoin(request));
  }

  prove(signature: string): void {
    this.#write(encodeProve(signature));
  }

  /** From now on the name is spelled as the server does. */
  rename(username: string): void {
    this.#username = username;
  }

  /**
   * Resolves when the next message may follow, or the line is down.
   * @throws {MessageTooLong} when a server would hang up at this line; escapes count
   */
  async send(message: OutgoingMessage, ref?: string): Promise<void> {
    const line = this.#isExtended
      ? encodeExtendedSend(message, ref)
      : encodeSend(this.#username, basicContent(message.content, message.kind));
    const bytes = utf8Bytes(line) - 1;
    if (bytes > MAX_LINE_BYTES) throw new MessageTooLong(MAX_LINE_BYTES, bytes);
    if (!this.#isExtended) {
      this.#unconfirmedLines = this.unconfirmedLines + 1;
      this.#sentAt = performance.now();
    }
    if (!this.#write(line)) await drained(this.stream);
  }

  leave(): void {
    this.#write(encodeLeave(this.#username));
    this.stream.end();
  }

  ping(id: number): void {
    this.#write(encodePing(id));
  }

  request(ref: string, request: ChatRequest): void {
    this.#write(encodeRequest(ref, request));
  }

  /** Whether more may be written now. */
  #write(line: string): boolean {
    if (this.stream.writableLength > MAX_UNREAD_BYTES)
      this.stream.destroy(new Error('the server does not read'));
    return !this.stream.writable || this.stream.write(line);
  }
}

function drained(stream: ByteStream): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
