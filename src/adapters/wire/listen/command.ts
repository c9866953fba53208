import type { JoinRequest } from '../../../application/chat-request.js';
import type { Handshake } from '../../../application/server/handshake.js';
import type { UseCases } from '../../../application/server/use-cases.js';
import { Refusal } from '../../../domain/refusal.js';
import type { SessionId } from '../../../domain/session.js';
import {
  type Command,
  decodeCommand,
  ExtendedJoin,
  type ExtendedSend,
  Join,
  Leave,
  Ping,
  Question,
  type Send,
} from '../commands.js';
import { LineSplitter } from '../line-splitter.js';
import type { ResponseWriter } from './response.js';

/** Told of the results of a connection's commands. */
export interface CommandListener {
  /** The connection speaks for this user from now on. */
  onJoined(username: string, isResumed: boolean): void;
  /** Nothing more should be read until this is done. */
  onWait(work: Promise<void>): void;
  /** A ProtocolError for a line that is no command, after which no more are processed; anything else is a fault. */
  onFailure(error: unknown): void;
}

/** How long a Leave waits to be recorded before the connection is hung up, in milliseconds. */
const LEAVE_TIMEOUT_MS = 2000;

/**
 * Processes the commands of one connection: reads bytes, calls use cases, answers refusals. Commands are processed one
 * after the other; only a Send does not wait for the previous one, since the room log keeps their order.
 */
export class CommandReader {
  readonly #splitter: LineSplitter;
  #session: SessionId | undefined;
  /** Lines that wait until the current command is done. */
  #held: Buffer[] | undefined;
  #count = 0;

  constructor(
    private readonly useCases: UseCases,
    private readonly responses: ResponseWriter,
    private readonly listener: CommandListener,
    maxLineBytes: number,
  ) {
    this.#splitter = new LineSplitter(line => this.#line(line), maxLineBytes);
  }

  /** How many commands were processed since the last call. */
  takeCount(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  read(chunk: Buffer): void {
    if (!this.responses.ended) this.#try(() => this.#splitter.push(chunk));
  }

  /** The connection has ended, and its session, unless it has left, is without one. */
  end(): void {
    this.#held = undefined;
    if (this.#session !== undefined) this.useCases.disconnectUser.execute(this.#session, this.responses);
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.listener.onFailure(error);
    }
  }

  #line(line: Buffer): void {
    if (this.responses.ended || isBlank(line)) return;
    if (this.#held !== undefined) this.#held.push(Buffer.from(line));
    else this.#process(line);
  }

  #process(line: Buffer): void {
    this.#count++;
    const command = decodeCommand(line, this.responses.form);
    if (command instanceof Join) this.#wait(this.#join(command), command);
    else if (command instanceof Leave) this.#wait(this.#leave(command), command);
    else if (command instanceof Ping) this.responses.pong(command.id);
    else if (command instanceof Question) this.#wait(this.#answer(command), command);
    else this.#send(command);
  }

  /** The lines after this command are held until it is done. */
  #wait(work: Promise<void>, command: Command): void {
    this.#held = [];
    const done = work.catch(error => this.#try(() => this.#refuse(error, command))).then(() => this.#goOn());
    this.listener.onWait(done);
  }

  #goOn(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#try(() => {
      for (const line of held) this.#line(line);
    });
  }

  async #join(command: Join): Promise<void> {
    if (this.#session !== undefined) throw new Refusal('ALREADY_JOINED');
    const { responses } = this;
    const request = requestOf(command);
    responses.form = request.extended === undefined ? 'basic' : 'extended';
    const handshake: Handshake = {
      request,
      outlet: responses,
      joined: (username, welcome) => {
        responses.joined(username, welcome);
        this.listener.onJoined(username, welcome?.resumed === true);
      },
      history: messages => responses.history(messages),
    };
    this.#session = await this.useCases.joinUser.execute(handshake);
    if (responses.ended) this.end(); // the connection ended while the join was recorded
  }

  /** Waits for the leave to be recorded, for a bounded time. */
  async #leave({ username }: Leave): Promise<void> {
    if (this.#session === undefined) throw new Refusal('NOT_JOINED');
    const cut = setTimeout(() => this.responses.end('LEFT'), LEAVE_TIMEOUT_MS);
    try {
      await this.useCases.leaveUser.execute(this.#session, username);
      this.#session = undefined;
      this.responses.end('LEFT');
    } finally {
      clearTimeout(cut);
    }
  }

  #send(command: Send | ExtendedSend): void {
    const session = this.#session;
    try {
      if (session === undefined) throw new Refusal('NOT_JOINED');
      const ref = 'ref' in command ? command.ref : undefined;
      this.useCases.sendMessage.execute(session, command).then(
        recorded => {
          // The author of a new message is told of it among the events that were recorded with it.
          if (recorded.repeated && ref !== undefined) this.responses.accepted(ref, recorded);
        },
        error => this.#try(() => this.#refuse(error, command)),
      );
    } catch (error) {
      this.#refuse(error, command);
    }
  }

  async #answer(question: Question): Promise<void> {
    if (this.#session === undefined) throw new Refusal('NOT_JOINED');
    this.responses.answer(question.ref, await this.useCases.answerRequest.execute(question.request()));
  }

  #refuse(error: unknown, command: Command): void {
    if (!(error instanceof Refusal)) throw error;
    const username = 'username' in command ? command.username : undefined;
    const ref = 'ref' in command ? command.ref : undefined;
    this.responses.refused(error, {
      ...(username !== undefined && { username }),
      ...(ref !== undefined && { ref }),
    });
  }
}

function requestOf(command: Join): JoinRequest {
  const { username } = command;
  if (!(command instanceof ExtendedJoin)) return { username };
  const { username: _, attempt = 0, ...asked } = command;
  return { username, extended: { attempt, ...asked } };
}

/** People with a bare socket press Enter, and some line ends are \r\n. */
function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length === 1 && line[0] === 0x0d);
}
