import { connect } from 'node:net';
import type { ChatRequest } from '../../../application/chat-request.js';
import type { ChatResponse } from '../../../application/chat-response.js';
import { decodeResponse } from '../../wire/basic-form.js';
import { encodeRequest } from '../../wire/command-lines.js';
import { LineSplitter } from '../../wire/line-splitter.js';
import { controlPath } from '../control-path.js';

/** Longest answer, in bytes. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** How long a server may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** No server on this folder can be spoken to: none runs, or it is another user's. */
export class NoControl extends Error {
  override readonly name = 'NoControl';
}

/** Asks the server of a data folder something, as whoever has its machine. @throws {NoControl} */
export function askServer(folder: string, request: ChatRequest): Promise<ChatResponse> {
  return new Promise((resolve, reject) => {
    const path = controlPath(folder);
    const socket = connect({ path });
    const splitter = new LineSplitter<Buffer>(Buffer.concat, MAX_ANSWER_BYTES);
    const fail = (cause?: unknown) => reject(new NoControl(path, { cause }));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timeout')));
    socket.on('error', fail);
    socket.on('close', () => fail());
    socket.on('data', chunk => {
      splitter.add(chunk);
      const line = splitter.next();
      if (line === undefined) return;
      resolve(decodeResponse(line));
      socket.destroy();
    });
    socket.write(encodeRequest('1', request));
  });
}
