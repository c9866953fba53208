import type { JoinUser } from '../../../application/join-user.js';
import type { LeaveUser } from '../../../application/leave-user.js';
import type { SendMessage } from '../../../application/send-message.js';
import { Refusal } from '../../../domain/refusal.js';
import type { SessionId, User } from '../../../domain/user.js';
import { type Command, decodeCommand, Join, Leave } from '../../wire/command.js';
import { LineSplitter } from '../../wire/line-splitter.js';
import type { ResponseWriter } from './response.js';

/** What the users of one server may do, shared by all of its connections. */
export interface UseCases {
  readonly joinUser: JoinUser;
  readonly sendMessage: SendMessage;
  readonly leaveUser: LeaveUser;
}

/** Processes the commands of one connection: bytes in, use cases called, a refusal answered. */
export class CommandReader {
  readonly #splitter: LineSplitter;
  #user: User | undefined;
  #inRoom = false;
  #count = 0;

  constructor(
    private readonly session: SessionId,
    private readonly useCases: UseCases,
    private readonly responses: ResponseWriter,
    maxLineBytes: number,
  ) {
    this.#splitter = new LineSplitter(line => this.#line(line), maxLineBytes);
  }

  /** Who this connection speaks for, or has spoken for. */
  get user(): User | undefined {
    return this.#user;
  }

  /** How many commands have come since the last call. */
  takeCount(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  /** @throws {ProtocolError} at nonsense; what the same chunk held after it is dropped */
  read(chunk: Buffer): void {
    if (!this.responses.ended) this.#splitter.push(chunk);
  }

  /** The session is over: if it had joined and not left, the room learns that now. */
  end(): void {
    if (!this.#inRoom) return;
    this.#inRoom = false;
    this.useCases.leaveUser.execute(this.session);
  }

  #line(line: Buffer): void {
    if (this.responses.ended) return;
    this.#count++;
    if (isBlank(line)) return;
    const command = decodeCommand(line);
    try {
      this.#process(command);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.responses.refused(error, command.username);
    }
  }

  #process(command: Command): void {
    if (command instanceof Join) {
      this.#user = this.useCases.joinUser.execute(this.session, command.username, this.responses);
      this.#inRoom = true;
      this.responses.joined(this.#user.username.value);
    } else if (command instanceof Leave) {
      this.useCases.leaveUser.execute(this.session, command.username);
      this.#inRoom = false;
      this.responses.end('LEFT');
    } else {
      this.useCases.sendMessage.execute(this.session, command.username, command.content);
    }
  }
}

/** Whether a line holds nothing: people with a bare socket press Enter, and some line ends are \r\n. */
function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length === 1 && line[0] === 0x0d);
}
