import type { ChatRequest, JoinRequest, OutgoingMessage } from '../../application/chat-request.js';

// What a client writes: each command as one line of the wire, its end included. See docs/protocol.md

export function encodeJoin({ username, extended }: JoinRequest): string {
  return encode('Join', extended === undefined ? username : { username, ...extended });
}

/** A message in the basic form, which names its author. */
export function encodeSend(username: string, content: string): string {
  return encode('Send', { username, content });
}

export function encodeExtendedSend({ content, ...rest }: OutgoingMessage, ref?: string): string {
  return encode('Send', { content, ref, ...rest });
}

export function encodeLeave(username: string): string {
  return encode('Leave', username);
}

export function encodeProve(signature: string): string {
  return encode('Prove', { signature });
}

export function encodePing(id: number): string {
  return encode('Ping', id);
}

/** The verb is the type of the request with a capital letter, all else is its body. */
export function encodeRequest(ref: string, { type, ...body }: ChatRequest): string {
  return encode(type.charAt(0).toUpperCase() + type.slice(1), { ref, ...body });
}

function encode(verb: string, body: unknown): string {
  return `${JSON.stringify({ [verb]: body })}\n`;
}
