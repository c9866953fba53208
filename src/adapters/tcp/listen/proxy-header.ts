// What a proxy says before anything else of the connection that it passes on: whose it is.
// https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt

import { isIPv4, isIPv6 } from 'node:net';

const SIGNATURE_V2 = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const BEGINNING_V1 = Buffer.from('PROXY ');

/** Bytes of a header of version 1, its end included. */
const MAX_V1 = 107;

/** Bytes of a header of version 2 that are read: an address and what else a proxy may say of it. */
const MAX_V2 = 4096;

const FIXED_V2 = 16;
const LOCAL = 0x20;
const PROXY = 0x21;
const TCP4 = 0x11;
const TCP6 = 0x21;

/** A whole header. */
export interface ProxyHeader {
  /** Bytes of it; what follows is the client's. */
  readonly length: number;
  /** Whose connection it is; nothing when it is the proxy's own, to see whether the server is there. */
  readonly address?: string;
}

/**
 * Reads the header with which a connection begins, of version 1 or 2.
 * @returns undefined when there is more to come; `invalid` when it is none
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'invalid' | undefined {
  if (startsLike(bytes, SIGNATURE_V2)) return readVersion2(bytes);
  return startsLike(bytes, BEGINNING_V1) ? readVersion1(bytes) : 'invalid';
}

function readVersion2(bytes: Buffer): ProxyHeader | 'invalid' | undefined {
  if (bytes.length < FIXED_V2) return undefined;
  const [command, family] = [bytes[12], bytes[13]];
  const length = FIXED_V2 + bytes.readUInt16BE(14);
  if (length > MAX_V2 || (command !== LOCAL && command !== PROXY)) return 'invalid';
  if (bytes.length < length) return undefined;
  if (command === LOCAL) return { length };
  if (family === TCP4 && length >= FIXED_V2 + 12)
    return { length, address: bytes.subarray(16, 20).join('.') };
  if (family === TCP6 && length >= FIXED_V2 + 36) return { length, address: textOf6(bytes.subarray(16, 32)) };
  return 'invalid';
}

function readVersion1(bytes: Buffer): ProxyHeader | 'invalid' | undefined {
  const end = bytes.subarray(0, MAX_V1).indexOf('\r\n');
  if (end === -1) return bytes.length < MAX_V1 ? undefined : 'invalid';
  const line = bytes.toString('latin1', 0, end);
  const [, family, address = '', ...rest] = line.split(' ');
  const length = end + 2;
  if (family === 'UNKNOWN') return { length };
  const isRight =
    rest.length === 3 && ((family === 'TCP4' && isIPv4(address)) || (family === 'TCP6' && isIPv6(address)));
  return isRight ? { length, address } : 'invalid';
}

/** Whether one is the beginning of the other. */
function startsLike(bytes: Buffer, beginning: Buffer): boolean {
  const length = Math.min(bytes.length, beginning.length);
  return bytes.subarray(0, length).equals(beginning.subarray(0, length));
}

function textOf6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, n) => bytes.readUInt16BE(n * 2).toString(16));
  return groups.join(':');
}
