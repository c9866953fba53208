import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { isLoopback } from '../../wire/endpoint.js';
import type { Channel } from '../../wire/listen/channel.js';
import type { NoticeCode } from '../../wire/notice.js';
import { FirstByteChannel } from './first-byte-channel.js';
import { SettlingChannel } from './settling-channel.js';

export interface TlsLinesOptions {
  /** Whether clients elsewhere may speak in plain text. */
  readonly allowPlaintext: boolean;
  /** Whether an address is this machine's own, from which nothing travels that others could read. */
  readonly isOwn?: (address: string) => boolean;
}

/** Handshakes that are begun one in each turn of the event loop: a signature takes longer than most lines. */
class Handshakes {
  readonly #waiting: (() => void)[] = [];
  #turn: NodeJS.Immediate | undefined;

  add(begin: () => void): void {
    this.#waiting.push(begin);
    this.#turn ??= setImmediate(() => this.#next());
  }

  #next(): void {
    this.#waiting.shift()?.();
    this.#turn = this.#waiting.length > 0 ? setImmediate(() => this.#next()) : undefined;
  }
}

/** Encrypted and plain lines over the sockets of one port. TLS 1.3 only. */
export class TlsLines {
  readonly #handshakes = new Handshakes();

  constructor(
    private readonly key: { readonly context: SecureContext; readonly pin: string },
    private readonly options: TlsLinesOptions,
  ) {}

  /**
   * @param plain the same socket as a plain line
   * @param encrypted what it is when it is encrypted, over a stream and the line of that stream
   */
  over(
    socket: Socket,
    plain: Channel,
    encrypted: (stream: Socket, line: Channel) => Channel = (_, line) => line,
  ): Channel {
    return new FirstByteChannel(socket, {
      plain,
      encrypted: () => {
        const { context, pin } = this.key;
        const stream = new TLSSocket(socket, { isServer: true, secureContext: context });
        return encrypted(stream, new SettlingChannel(stream, plain.address, pin));
      },
      whenTime: begin => this.#handshakes.add(begin),
      objection: this.#objectionTo(socket),
    });
  }

  #objectionTo({ remoteAddress = '' }: Socket): NoticeCode | undefined {
    const { allowPlaintext, isOwn = isLoopback } = this.options;
    return allowPlaintext || isOwn(remoteAddress) ? undefined : 'ENCRYPTION_NEEDED';
  }
}
