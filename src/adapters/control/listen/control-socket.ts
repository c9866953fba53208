import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { ChatRequest } from '../../../application/chat-request.js';
import type { Answer } from '../../../application/server/answer-request.js';
import type { ModerateRoom } from '../../../application/server/moderate-room.js';
import type { ReadStatus } from '../../../application/server/read-status.js';
import type { Logger } from '../../../application/server/service-ports.js';
import type { Transport } from '../../../application/server/transport-ports.js';
import { Refusal } from '../../../domain/refusal.js';
import { decodeCommand } from '../../wire/commands.js';
import { encodeAnswer } from '../../wire/extended-form.js';
import { LineSplitter } from '../../wire/line-splitter.js';
import { extendedNotices } from '../../wire/notice.js';
import { ProtocolError } from '../../wire/protocol-error.js';
import { Question } from '../../wire/questions.js';
import { controlPath } from '../control-path.js';
import { encodeStatus, STATUS_REQUEST } from '../status-form.js';

const STATUS_LINE = Buffer.from(STATUS_REQUEST);

/** Bytes of a line. */
const MAX_LINE_BYTES = 16 * 1024;

/** How many may be connected at a time. */
const MAX_CONNECTIONS = 8;

/** After so many milliseconds without a word a connection is cut. */
const IDLE_MS = 10_000;

/**
 * Lets whoever has the server's machine keep order and see how it is: the operators' commands of the wire, without joining,
 * and one more, over a socket that only the server's own user can open.
 */
export class ControlSocket implements Transport {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(
    private readonly folder: string,
    private readonly moderateRoom: Pick<ModerateRoom, 'execute' | 'list'>,
    private readonly readStatus: Pick<ReadStatus, 'execute'>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** People can use no address of it. A server whose folder can hold no socket does without. */
  async start() {
    const path = controlPath(this.folder);
    const server = createServer(socket => this.#accept(socket));
    server.maxConnections = MAX_CONNECTIONS;
    try {
      if (await isListening(path)) throw new Error('another server has this folder: they reach that one');
      // What lies there is of a server that was killed.
      if (process.platform !== 'win32') rmSync(path, { force: true });
      await listenAlone(server, path);
      this.#server = server;
    } catch (err) {
      this.logger.warn({ err }, 'no control socket: commands on this machine do not reach the server');
    }
    return [];
  }

  async stop(): Promise<void> {
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    const splitter = new LineSplitter<Buffer>(Buffer.concat, MAX_LINE_BYTES);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {}); // told by `close`, which follows
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    // One chunk after the other, and no more answers than are read.
    socket.on('data', chunk => {
      socket.pause();
      this.#answerAll(socket, splitter, chunk).finally(() => socket.resume());
    });
  }

  async #answerAll(socket: Socket, splitter: LineSplitter<Buffer>, chunk: Buffer): Promise<void> {
    try {
      splitter.add(chunk);
      for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
        if (line.equals(STATUS_LINE)) socket.write(encodeStatus(this.readStatus.execute()));
        else await this.#answer(socket, decodeCommand(line, 'extended'));
        if (socket.writableNeedDrain) await drained(socket);
        if (!socket.writable) return;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      socket.end(extendedNotices.end(error.code, 0));
    }
  }

  async #answer(socket: Socket, command: unknown): Promise<void> {
    const ref = command instanceof Question ? command.ref : undefined;
    try {
      const answer = command instanceof Question ? await this.#do(command.request()) : undefined;
      if (answer === undefined) throw new ProtocolError('UNKNOWN_COMMAND');
      socket.write(encodeAnswer(ref, answer));
    } catch (error) {
      if (error instanceof Refusal)
        socket.write(extendedNotices.refusal(error, ref === undefined ? {} : { ref }));
      else if (error instanceof ProtocolError) socket.end(extendedNotices.end(error.code, 0));
      else {
        this.logger.warn({ err: error }, 'fault while keeping order');
        socket.end(extendedNotices.end('FAULT', 0));
      }
    }
  }

  async #do(request: ChatRequest): Promise<Answer | undefined> {
    if (request.type === 'bans') return { type: 'Bans', ...this.moderateRoom.list('machine') };
    if (request.type !== 'moderate') return undefined;
    const { type: _, ...asked } = request;
    return { type: 'Moderated', ...(await this.moderateRoom.execute('machine', asked)) };
  }
}

/** It can be written to again, or is closed. */
function drained(socket: Socket): Promise<unknown> {
  return new Promise(resolve => socket.once('drain', resolve).once('close', resolve));
}

/** Whether a server is behind it. Several rooms, or histories of several kinds, can be in one folder. */
async function isListening(path: string): Promise<boolean> {
  const socket = createConnection({ path });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The socket is there with the right rights from the start. */
async function listenAlone(server: Server, path: string): Promise<void> {
  const before = process.umask(0o177);
  try {
    server.listen({ path });
  } finally {
    process.umask(before);
  }
  await once(server, 'listening');
}
