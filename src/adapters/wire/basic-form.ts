import type { ChatResponse } from '../../application/chat-response.js';
import type { WireFormat } from '../../application/server/broadcast-ports.js';
import { boundedBody, boundedUnknown } from './bounds.js';
import { EXTENDED_DECODERS } from './extended-form.js';
import { basicContentOf, decodeMemo, isRecord } from './memo.js';

/** What a server's Joined and Duplicate say, as they always have. */
export const WELCOME = 'Warm Welcome';
export const DUPLICATE = 'Sorry';

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The form of the wire that every client understands: four words, one memo. See docs/protocol.md */
export const basicFormat: WireFormat = {
  encode(event) {
    return encodeBroadcast(event.username, basicContentOf(event));
  },
  encodeForAuthor() {
    return '';
  },
};

export function encodeJoined(username: string): string {
  return encode('Joined', username, WELCOME);
}

export function encodeDuplicate(username: string): string {
  return encode('Duplicate', username, DUPLICATE);
}

export function encodeBroadcast(username: string, content: string): string {
  return encode('Broadcast', username, content);
}

function encode(type: 'Joined' | 'Duplicate' | 'Broadcast', username: string, content: string): string {
  return `{"${type}":{"username":${JSON.stringify(username)},"content":${JSON.stringify(content)}}}\n`;
}

/**
 * Reads one line, without its end. Never throws, and gives nothing that is larger than it may be: see bounds.ts. What it
 * does not know comes back as Unknown, as it was.
 */
export function decodeResponse(line: Uint8Array): ChatResponse {
  const text = UTF8.decode(line);
  return decode(text) ?? { type: 'Unknown', text: boundedUnknown(text) };
}

function decode(text: string): ChatResponse | undefined {
  let response: unknown;
  try {
    response = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(response) || Array.isArray(response)) return undefined;
  const [[type, given] = ['', undefined]] = Object.entries(response);
  const body = boundedBody(type, given);
  if (type === 'Broadcast') {
    const memo = decodeMemo(body);
    return memo && { type, memo };
  }
  return Object.hasOwn(EXTENDED_DECODERS, type) ? EXTENDED_DECODERS[type]?.(body) : undefined;
}
