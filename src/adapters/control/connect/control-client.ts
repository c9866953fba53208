import { connect } from 'node:net';
import type { ChatRequest } from '../../../application/chat-request.js';
import type { ChatResponse } from '../../../application/chat-response.js';
import type { ServerStatus } from '../../../application/server-status.js';
import { decodeResponse } from '../../wire/basic-form.js';
import { encodeRequest } from '../../wire/command-lines.js';
import { LineSplitter } from '../../wire/line-splitter.js';
import { controlPath } from '../control-path.js';
import { decodeStatus, STATUS_REQUEST } from '../status-form.js';

/** Longest answer, in bytes. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** How long a server may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** No server on this folder can be spoken to: none runs, or it is another user's. */
export class NoControl extends Error {
  override readonly name = 'NoControl';
}

/** Asks the server of a data folder something, as whoever has its machine. @throws {NoControl} */
export async function askServer(folder: string, request: ChatRequest): Promise<ChatResponse> {
  return decodeResponse(await exchange(folder, encodeRequest('1', request)));
}

/** Asks it how it is; nothing when it is of a version that says it otherwise. @throws {NoControl} */
export async function askStatus(folder: string): Promise<ServerStatus | undefined> {
  return decodeStatus(await exchange(folder, `${STATUS_REQUEST}\n`));
}

/** Sends a line, and resolves to the one that it is answered with. @throws {NoControl} */
function exchange(folder: string, line: string): Promise<Buffer> {
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
      const answer = splitter.next();
      if (answer === undefined) return;
      resolve(answer);
      socket.destroy();
    });
    socket.write(line);
  });
}
