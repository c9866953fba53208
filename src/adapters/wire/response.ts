import type { ChatMemo, ChatResponse, WireFormat } from '../../application/ports.js';

/** What a server's Joined and Duplicate say, as they always have. */
const WELCOME = 'Warm Welcome';
const DUPLICATE = 'Sorry';

/** The content by which the basic form tells of coming and going. */
const JOINED = 'Joined';
const LEFT = 'Left';

const KNOWN = ['Joined', 'Duplicate', 'Broadcast'] as const;

/** The form of the wire that every client understands: four words, one memo. See docs/protocol.md */
export const basicFormat: WireFormat = {
  encode(event) {
    const username = event.user.username.value;
    switch (event.type) {
      case 'MessageSent':
        return encodeBroadcast(username, event.content);
      case 'UserJoined':
        return encodeBroadcast(username, JOINED);
      case 'UserLeft':
        return encodeBroadcast(username, LEFT);
    }
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

function encode(type: (typeof KNOWN)[number], username: string, content: string): string {
  return `{"${type}":{"username":${JSON.stringify(username)},"content":${JSON.stringify(content)}}}\n`;
}

/** Reads one line, without its end. Never throws: what it does not know comes back as Unknown, as it was. */
export function decodeResponse(line: Buffer): ChatResponse {
  const text = line.toString();
  try {
    const response: unknown = JSON.parse(text);
    if (typeof response === 'object' && response !== null) {
      for (const type of KNOWN) {
        const memo: unknown = Reflect.get(response, type);
        if (isMemo(memo)) return { type, memo: { username: memo.username, content: memo.content } };
      }
    }
  } catch {
    // Not JSON: as unknown as anything else that is not a response.
  }
  return { type: 'Unknown', text };
}

function isMemo(value: unknown): value is ChatMemo {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'username') === 'string' &&
    typeof Reflect.get(value, 'content') === 'string'
  );
}
