import type { UseCases } from '../../../application/server/use-cases.js';
import { Refusal } from '../../../domain/refusal.js';
import type { SessionId } from '../../../domain/session.js';
import {
  type Command,
  decodeCommand,
  type ExtendedSend,
  Join,
  Leave,
  Ping,
  Prove,
  type Send,
} from '../commands.js';
import { LineSplitter } from '../line-splitter.js';
import { Question } from '../questions.js';
import { Admission, type AdmissionListener, type Place } from './admission.js';
import type { Guest } from './guest.js';
import type { Pace } from './pace.js';
import type { ResponseWriter } from './response.js';
import { sleep } from './sleep.js';
import type { Questions, Turns } from './turns.js';

/** Told of the results of a connection's commands. */
export interface CommandListener extends AdmissionListener {
  /** Nothing more should be read until this is done. */
  onWait(work: Promise<void>): void;
  /** A ProtocolError for a line that is no command, after which no more are processed; anything else is a fault. */
  onFailure(error: unknown): void;
}

/** How long a Leave waits to be recorded before the connection is hung up, in milliseconds. */
const LEAVE_TIMEOUT_MS = 2000;

/**
 * For how long a stranger who was refused is not read, in milliseconds. Nobody who types another name notices; who does nothing
 * but try does so 50 times a second, and not 10,000 times.
 */
const REFUSED_REST_MS = 20;

/** As much as Node reads at once, in bytes. */
const FULL_READ = 64 * 1024;

/** What connections share, so that none has more of the server than the others. */
export interface SharedTime {
  readonly turns: Turns;
  readonly questions: Questions;
}

/**
 * Processes the commands of one connection: reads bytes, calls use cases, answers refusals. Commands are processed one
 * after the other; only a Send does not wait for the previous one, since the room log keeps their order. After a slice of
 * time the others have their turn; what has come meanwhile waits, and the connection is not read.
 */
export class CommandReader {
  readonly #splitter: LineSplitter<Buffer>;
  readonly #admission: Admission;
  #session: SessionId | undefined;
  /** Whether the lines that came wait: for a command that is being done, for a turn, or for time to pass. */
  #isBusy = false;

  constructor(
    private readonly useCases: UseCases,
    private readonly responses: ResponseWriter,
    private readonly listener: CommandListener,
    private readonly time: SharedTime,
    private readonly pace: Pace,
    private readonly guest: Pick<Guest, 'origin' | 'arrive' | 'turn' | 'enter' | 'leave'>,
    maxLineBytes: number,
    place: Place = { getServer: () => '' },
  ) {
    this.#splitter = new LineSplitter<Buffer>(Buffer.concat, maxLineBytes);
    this.#admission = new Admission(useCases, responses, guest, listener, place);
  }

  read(chunk: Buffer): void {
    if (this.responses.ended) return;
    this.#splitter.add(chunk);
    if (!this.#isBusy && this.pace.mayWork) this.#work();
    else if (!this.#isBusy) this.#yield();
    // A read that fills its buffer is followed by the next, up to 32 of them, before anybody else is heard.
    if (chunk.length >= FULL_READ && !this.#isBusy && !this.responses.ended) this.#yield();
  }

  /** The connection has ended, and its session, unless it has left, is without one. */
  end(): void {
    this.#splitter.drop();
    this.guest.leave();
    if (this.#session !== undefined) this.useCases.disconnectUser.execute(this.#session, this.responses);
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.listener.onFailure(error);
    }
  }

  /** A slice of time begins. */
  #work(): void {
    this.pace.begin();
    this.pace.work(() => this.#try(() => this.#goOn()));
  }

  /** Processes lines until there are no more, or they have to wait. */
  #goOn(): void {
    for (let line = this.#splitter.next(); line !== undefined; line = this.#splitter.next()) {
      if (this.responses.ended) return;
      if (!isBlank(line)) this.#process(line);
      this.pace.countLine(line.length);
      if (this.#isBusy || (this.pace.isDue && this.#hasToWait())) return;
    }
  }

  #hasToWait(): boolean {
    const wait = this.pace.look(this.#splitter);
    if (wait !== undefined) this.#busyUntil(wait);
    else if (this.pace.isOver && !this.#splitter.isEmpty) this.#yield();
    return this.#isBusy;
  }

  #busyUntil(ready: Promise<void>): void {
    this.#isBusy = true;
    this.listener.onWait(ready.then(() => this.#resume()));
  }

  /** Goes on with what has come meanwhile; at once, if there is time left. */
  #resume(): void {
    this.#isBusy = false;
    if (!this.pace.isOver) this.pace.work(() => this.#try(() => this.#goOn()));
    else if (!this.#splitter.isEmpty) this.#yield();
  }

  #yield(): void {
    this.#isBusy = true;
    const turn = Promise.withResolvers<void>();
    this.listener.onWait(turn.promise);
    this.time.turns.add(() => {
      this.#isBusy = false;
      this.#work();
      turn.resolve();
    });
  }

  #process(line: Buffer): void {
    const command = decodeCommand(line, this.responses.form);
    if (command instanceof Join)
      this.#wait(
        this.#enter(() => this.#admission.join(command)),
        command,
      );
    else if (command instanceof Prove)
      this.#wait(
        this.#enter(() => this.#admission.prove(command)),
        command,
      );
    else if (command instanceof Leave) this.#wait(this.#leave(command), command);
    else if (command instanceof Ping) this.responses.pong(command.id);
    else if (command instanceof Question) this.#wait(this.#answer(command), command);
    else this.#send(command, line.length);
  }

  /** The lines after this command wait until it is done; after a refusal, of who is not in the room, a little longer. */
  #wait(work: Promise<void>, command: Command): void {
    const refused = async (error: unknown) => {
      this.#try(() => this.#refuse(error, command));
      if (this.#session === undefined && this.guest.origin !== undefined) await sleep(REFUSED_REST_MS);
    };
    this.#busyUntil(work.catch(refused));
  }

  /** By a Join, or by the proof that it was answered with. */
  async #enter(admitted: () => Promise<SessionId | undefined>): Promise<void> {
    if (this.#session !== undefined) throw new Refusal('ALREADY_JOINED');
    const session = await admitted();
    if (session === undefined) return; // a proof has to come first
    this.#session = session;
    this.pace.voice = this.guest.enter(session);
    if (this.responses.ended) this.end(); // the connection ended while the join was recorded
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

  #send(command: Send | ExtendedSend, bytes: number): void {
    const session = this.#session;
    this.pace.countMessage(bytes);
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
    const session = this.#session;
    if (session === undefined) throw new Refusal('NOT_JOINED');
    const { questions } = this.time;
    this.pace.tellDelay(questions.waitMs, this.#splitter, questions.eachMs);
    await questions.ask(async () => {
      if (this.responses.ended) return;
      const answer = await this.useCases.answerRequest.execute(session, question.request());
      this.responses.answer(question.ref, answer);
    });
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

/** People with a bare socket press Enter, and some line ends are \r\n. */
function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length === 1 && line[0] === 0x0d);
}
