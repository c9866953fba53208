import { BlockList, isIPv6, type Socket } from 'node:net';
import { plainAddress } from '../../wire/endpoint.js';
import { readProxyHeader } from './proxy-header.js';

/** How long a proxy may take to say whose connection it is, in milliseconds. */
const HEADER_TIMEOUT_MS = 5000;

/** The proxies that an operator has named: what they say of a connection's address is believed. */
export class Proxies {
  #named = new BlockList();
  #read = '';
  /** Connections of which it is not known yet whose they are. */
  readonly #waiting = new Set<Socket>();
  #isStopped = false;

  /** @param options `192.0.2.1`, `10.0.0.0/8`, with commas between them */
  constructor(private readonly options: { readonly proxies?: string }) {}

  has(address: string | undefined): boolean {
    const { proxies = '' } = this.options;
    if (proxies !== this.#read) this.#name(proxies);
    if (proxies === '' || address === undefined) return false;
    const plain = plainAddress(address);
    return this.#named.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }

  #name(addresses: string): void {
    this.#named = new BlockList();
    this.#read = addresses;
    for (const [address = '', bits] of partsOf(addresses)) {
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#named.addAddress(address, family);
      else this.#named.addSubnet(address, Number(bits), family);
    }
  }

  /**
   * Reads what a proxy says first. Afterwards the socket is paused, with all that follows in it; one without a header is cut.
   * @param onKnown told whose connection it is
   * @param onInvalid called when it has said something else, or nothing in time
   * @param onOther called in place of a cut when it has said something else, where that may be
   */
  introduce(
    socket: Socket,
    onKnown: (address: string | undefined) => void,
    onInvalid: () => void,
    onOther?: () => void,
  ): void {
    let bytes = Buffer.alloc(0);
    const done = () => {
      clearTimeout(timer);
      this.#waiting.delete(socket);
      for (const [event, listener] of listeners) socket.off(event, listener);
    };
    const refuse = () => {
      done();
      socket.on('error', () => {}).destroy();
      if (!this.#isStopped) onInvalid();
    };
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header === undefined) return;
      if (header === 'invalid' && onOther === undefined) return refuse();
      done();
      // Whoever is served later is not read until then.
      socket.pause();
      const rest = header === 'invalid' ? bytes : bytes.subarray(header.length);
      if (rest.length > 0) socket.unshift(rest);
      if (header === 'invalid') onOther?.();
      else onKnown(header.address ?? socket.remoteAddress);
    };
    const listeners = [
      ['data', onData],
      ['error', refuse],
      ['end', refuse],
      ['close', refuse],
    ] as const;
    const timer = setTimeout(refuse, HEADER_TIMEOUT_MS);
    this.#waiting.add(socket);
    for (const [event, listener] of listeners) socket.on(event, listener);
  }

  /** Waits for nobody any more; whoever has not said it is no fault of a proxy. */
  stop(): void {
    this.#isStopped = true;
    for (const socket of this.#waiting) socket.destroy();
  }
}

function partsOf(addresses: string): string[][] {
  return addresses.split(',').flatMap(part => (part.trim() === '' ? [] : [part.trim().split('/')]));
}
