import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { JoinRequest, ServerAddress } from '../../../application/chat-request.js';
import {
  ConnectFailure,
  type ConnectFailureCode,
  type RoomLink,
  type RoomLinkListener,
} from '../../../application/client/ports.js';
import type { Seq } from '../../../domain/events.js';
import type { SearchQuery } from '../../../domain/message-search.js';
import { CommandWriter } from './command.js';
import { ResponseReader } from './response.js';

/** How long a server may take to be reached, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * How long a server may take to hang up after a Leave that is on its way, in milliseconds: a second, and for each
 * line sent just before it as long as a server may take that reads four a second; at most a minute. In the basic
 * form nothing else tells that the lines have arrived, and the original does not hang up at all. In the extended form
 * every line was answered before.
 */
const LEAVE_TIMEOUT_MS = 1000;
const LEAVE_TIMEOUT_PER_LINE_MS = 250;
const MAX_LEAVE_TIMEOUT_MS = 60_000;

const FAILURE_CODES: Record<string, ConnectFailureCode> = {
  ECONNREFUSED: 'REFUSED',
  ENOTFOUND: 'UNKNOWN_HOST',
  EAI_AGAIN: 'UNKNOWN_HOST',
  ETIMEDOUT: 'TIMED_OUT',
};

/** Opens a stream of bytes to a server. @throws {ConnectFailure} */
export type Dial = (address: ServerAddress) => Promise<Duplex>;

/** A client's line to the room over TCP, or over whatever stream of bytes `dial` opens. */
export class TcpLink implements RoomLink {
  #duplex: Duplex | undefined;
  #commands: CommandWriter | undefined;
  #closed = false;
  #leaving = false;

  constructor(
    private readonly address: ServerAddress,
    private readonly dial: Dial = dialTcp,
  ) {}

  async open(listener: RoomLinkListener): Promise<void> {
    const duplex = await this.dial(this.address);
    const commands = new CommandWriter(duplex);
    const responses = new ResponseReader(
      response => {
        if (response.type === 'Joined') commands.rename(response.memo.username);
        if (!this.#closed) listener.onResponse(response);
      },
      () => commands.isExtended,
    );
    this.#duplex = duplex;
    this.#commands = commands;
    let broken = false;
    let nonsense = false;
    duplex.on('error', () => {
      broken = true; // told by `close`, which follows
    });
    duplex.on('data', (chunk: Buffer) => {
      try {
        responses.read(chunk);
      } catch {
        nonsense = true;
        duplex.destroy();
      }
    });
    duplex.on('end', () => duplex.end());
    duplex.once('close', () => {
      if (this.#closed || (this.#leaving && !broken)) listener.onEnd('CLOSED');
      else listener.onEnd(nonsense ? 'NOT_CHATTY' : responses.end);
    });
    if (this.#closed) duplex.destroy();
  }

  join(request: JoinRequest): void {
    this.#commands?.join(request);
  }

  async send(content: string, ref?: string, kind?: 'action'): Promise<void> {
    await this.#commands?.send(content, ref, kind);
  }

  leave(): void {
    const duplex = this.#duplex;
    if (duplex === undefined || this.#commands === undefined) return;
    this.#leaving = true;
    const patience = LEAVE_TIMEOUT_MS + this.#commands.unconfirmedLines * LEAVE_TIMEOUT_PER_LINE_MS;
    duplex.once('finish', () => {
      const cut = setTimeout(() => duplex.destroy(), Math.min(patience, MAX_LEAVE_TIMEOUT_MS));
      duplex.once('close', () => clearTimeout(cut));
    });
    this.#commands.leave();
  }

  ping(id: number): void {
    this.#commands?.ping(id);
  }

  who(ref: string): void {
    this.#commands?.who(ref);
  }

  history(ref: string, limit: number, before?: Seq): void {
    this.#commands?.history(ref, limit, before);
  }

  search(ref: string, query: SearchQuery): void {
    this.#commands?.search(ref, query);
  }

  pauseUntil(ready: Promise<void>): void {
    this.#duplex?.pause();
    void ready.then(() => this.#duplex?.resume());
  }

  close(): void {
    this.#closed = true;
    this.#duplex?.destroy();
  }
}

function dialTcp(address: ServerAddress): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: 15_000 });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new ConnectFailure('TIMED_OUT', address));
    }, CONNECT_TIMEOUT_MS);
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const code = FAILURE_CODES[cause.code ?? ''] ?? 'UNREACHABLE';
      reject(new ConnectFailure(code, address, { cause }));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}
