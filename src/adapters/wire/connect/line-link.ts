import type { Duplex } from 'node:stream';
import type { ChatRequest, JoinRequest, OutgoingMessage } from '../../../application/chat-request.js';
import type { Peer, RoomLink, RoomLinkListener } from '../../../application/client/ports.js';
import { CommandWriter } from './command.js';
import { ResponseReader } from './response.js';

/**
 * How long a server may take to hang up after a Leave that is on its way, in milliseconds: a second, and for each
 * line sent just before it as long as a server may take that reads four a second; at most a minute. In the basic
 * form nothing else tells that the lines have arrived, and the original does not hang up at all. In the extended form
 * every line was answered before.
 */
const LEAVE_TIMEOUT_MS = 1000;
const LEAVE_TIMEOUT_PER_LINE_MS = 250;
const MAX_LEAVE_TIMEOUT_MS = 60_000;

/** A stream of bytes to a server. */
export interface Dialed {
  readonly stream: Duplex;
  readonly peer: Peer;
}

/** Opens a stream of bytes to a server. @throws {ConnectFailure} */
export type Dial = () => Promise<Dialed>;

/** A client's line to the room over any stream of bytes. */
export class LineLink implements RoomLink {
  #duplex: Duplex | undefined;
  #peer: Peer | undefined;
  #commands: CommandWriter | undefined;
  #state: 'open' | 'leaving' | 'closed' = 'open';

  constructor(private readonly dial: Dial) {}

  get peer(): Peer | undefined {
    return this.#peer;
  }

  async open(listener: RoomLinkListener): Promise<void> {
    const { stream: duplex, peer } = await this.dial();
    const commands = new CommandWriter(duplex);
    const responses = new ResponseReader(
      response => {
        if (response.type === 'Joined') commands.rename(response.memo.username);
        if (this.#state !== 'closed') listener.onResponse(response);
      },
      () => commands.isExtended,
    );
    this.#duplex = duplex;
    this.#peer = peer;
    this.#commands = commands;
    let fault: 'BROKEN' | 'NONSENSE' | undefined;
    duplex.on('error', () => {
      fault = 'BROKEN'; // told by `close`, which follows
    });
    duplex.on('data', (chunk: Buffer) => {
      try {
        responses.read(chunk);
      } catch {
        fault = 'NONSENSE';
        duplex.destroy();
      }
    });
    duplex.on('end', () => duplex.end());
    duplex.once('close', () => {
      if (this.#state === 'closed' || (this.#state === 'leaving' && fault !== 'BROKEN'))
        listener.onEnd('CLOSED');
      else listener.onEnd(fault === 'NONSENSE' ? 'NOT_CHATTY' : responses.end);
    });
    if (this.#state === 'closed') duplex.destroy();
  }

  join(request: JoinRequest): void {
    this.#commands?.join(request);
  }

  async send(message: OutgoingMessage, ref?: string): Promise<void> {
    await this.#commands?.send(message, ref);
  }

  leave(): void {
    const duplex = this.#duplex;
    if (duplex === undefined || this.#commands === undefined) return;
    if (this.#state !== 'closed') this.#state = 'leaving';
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

  request(ref: string, request: ChatRequest): void {
    this.#commands?.request(ref, request);
  }

  pauseUntil(ready: Promise<void>): void {
    this.#duplex?.pause();
    void ready.then(() => this.#duplex?.resume());
  }

  close(): void {
    this.#state = 'closed';
    this.#duplex?.destroy();
  }
}
