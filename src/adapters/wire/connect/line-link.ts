import type { ChatRequest, JoinRequest, OutgoingMessage } from '../../../application/chat-request.js';
import type { LinkEnd, Peer, RoomLink, RoomLinkListener } from '../../../application/client/ports.js';
import type { ByteStream } from './byte-stream.js';
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

/** How long responses are processed without a break, in milliseconds: then keys are heard, and other connections. */
const SLICE_MS = 4;

/** A stream of bytes to a server. */
export interface Dialed<Stream extends ByteStream = ByteStream> {
  readonly stream: Stream;
  readonly peer: Peer;
}

/**
 * Opens a stream of bytes to a server. @param signal that nobody waits for it any more; who cannot give up goes on
 * @throws {ConnectFailure}
 */
export type Dial<Stream extends ByteStream = ByteStream> = (signal?: AbortSignal) => Promise<Dialed<Stream>>;

/** Resolves when everybody else was heard: timers, keys, other connections. */
export type NextTurn = () => Promise<void>;

/** A client's line to the room over any stream of bytes. */
export class LineLink implements RoomLink {
  readonly #dialing = new AbortController();
  #stream: ByteStream | undefined;
  #peer: Peer | undefined;
  #commands: CommandWriter | undefined;
  #responses: ResponseReader | undefined;
  #state: 'open' | 'leaving' | 'closed' = 'open';
  /** Reasons to process no response now: promises that are not resolved, and a slice of time that is over. */
  #pauses = 0;
  #isDown = false;
  #fault: 'BROKEN' | 'NONSENSE' | undefined;
  #onEnd: (end: LinkEnd) => void = () => {};

  constructor(
    private readonly dial: Dial,
    private readonly nextTurn: NextTurn = () => new Promise(resolve => setTimeout(resolve, 0)),
  ) {}

  get peer(): Peer | undefined {
    return this.#peer;
  }

  async open(listener: RoomLinkListener): Promise<void> {
    const { stream, peer } = await this.dial(this.#dialing.signal);
    const commands = new CommandWriter(stream);
    let isNamed = false;
    const responses = new ResponseReader(
      response => {
        if (response.type === 'Joined' && !isNamed) {
          isNamed = true;
          commands.rename(response.memo.username);
        }
        listener.onResponse(response);
      },
      () => commands.isExtended,
    );
    this.#stream = stream;
    this.#peer = peer;
    this.#commands = commands;
    this.#responses = responses;
    this.#onEnd = end => listener.onEnd(end);
    stream.on('error', () => {
      this.#fault = 'BROKEN'; // told by `close`, which follows
    });
    stream.on('data', chunk => {
      responses.add(chunk);
      this.#process();
    });
    stream.on('end', () => stream.end());
    stream.once('close', () => {
      this.#isDown = true;
      this.#process();
    });
    if (this.#state === 'closed') stream.destroy();
  }

  /** Whoever leaves waits for nobody who does not read. */
  get #isHeld(): boolean {
    return this.#pauses > 0 && (this.#state === 'open' || !this.#isDown);
  }

  /**
   * Processes what has come, for a slice of time, and then goes on when everybody else was heard; what comes meanwhile is
   * left to wait with the server. A link that is down ends when all is processed.
   */
  #process(): void {
    if (this.#isHeld) return;
    const endsAt = performance.now() + SLICE_MS;
    while (this.#next()) {
      if (this.#isHeld) return;
      if (performance.now() < endsAt) continue;
      this.pauseUntil(this.nextTurn());
      return;
    }
    if (this.#isDown) this.#end();
  }

  /** Processes one response; false when there is none, or no more is wanted. */
  #next(): boolean {
    if (this.#state === 'closed') this.#responses?.drop();
    try {
      return this.#responses?.next() === true;
    } catch {
      this.#fault = 'NONSENSE';
      this.#stream?.destroy();
      return false;
    }
  }

  #end(): void {
    const { end = 'LOST' } = this.#responses ?? {};
    const isWanted = this.#state === 'closed' || (this.#state === 'leaving' && this.#fault !== 'BROKEN');
    const told = this.#fault === 'NONSENSE' ? 'NOT_CHATTY' : end;
    const onEnd = this.#onEnd;
    this.#onEnd = () => {};
    onEnd(isWanted ? 'CLOSED' : told);
  }

  join(request: JoinRequest): void {
    this.#commands?.join(request);
  }

  prove(signature: string): void {
    this.#commands?.prove(signature);
  }

  async send(message: OutgoingMessage, ref?: string): Promise<void> {
    await this.#commands?.send(message, ref);
  }

  leave(): void {
    const stream = this.#stream;
    if (stream === undefined || this.#commands === undefined) return;
    if (this.#state !== 'closed') this.#state = 'leaving';
    const patience = LEAVE_TIMEOUT_MS + this.#commands.unconfirmedLines * LEAVE_TIMEOUT_PER_LINE_MS;
    stream.once('finish', () => {
      const cut = setTimeout(() => stream.destroy(), Math.min(patience, MAX_LEAVE_TIMEOUT_MS));
      stream.once('close', () => clearTimeout(cut));
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
    this.#pauses++;
    this.#stream?.pause();
    void ready.then(() => {
      if (--this.#pauses > 0) return;
      this.#process();
      if (this.#pauses === 0) this.#stream?.resume();
    });
  }

  close(): void {
    this.#state = 'closed';
    if (this.#stream === undefined) this.#dialing.abort();
    else this.#stream.destroy();
  }
}
