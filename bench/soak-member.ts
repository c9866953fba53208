import type { Socket } from 'node:net';
import { dial } from './dial.js';

/** What all members of a soak find out together. */
export interface Findings {
  /** When each message was said, by its number; milliseconds. */
  readonly saidAt: Map<number, number>;
  /** Under which sequence number it was recorded. */
  readonly recorded: Map<number, number>;
  /** From saying to hearing, of those who listen closely, since somebody has looked last; milliseconds. */
  latencies: number[];
  twice: number;
  disordered: number;
  gaps: number;
  resumed: number;
  anew: number;
  answers: number;
  /** Codes of refusals and ends. */
  readonly codes: Map<string, number>;
}

interface Line {
  readonly Joined?: {
    seq: number;
    epoch: string;
    head: number;
    resumed: boolean;
    gap?: { from?: number; to?: number };
  };
  readonly Duplicate?: object;
  readonly Broadcast?: { seq: number; content: string; kind: string };
  readonly Accepted?: { ref: string; seq: number };
  readonly Refused?: { code: string };
  readonly Closing?: { code: string; seq: number };
  readonly History?: { done: boolean };
  readonly Found?: { done: boolean };
  readonly Users?: { done: boolean };
}

/** Whoever says nothing for longer than 45 s is taken for gone. */
const PING_MS = 15_000;

/** Somebody of the extended form who comes back when the line is lost, under the same name. */
export class SoakMember {
  readonly heard = new Set<number>();
  /** From here on, everything has to be heard. */
  since: number | undefined;
  /** Of these it was told that they are missing. */
  readonly missing: { readonly from: number; readonly to: number }[] = [];
  #socket: Socket | undefined;
  #rest = '';
  #seq = 0;
  #head = 0;
  #epoch = '';
  #attempt = 0;
  #isLeaving = false;
  readonly #token: string;

  /** @param listens whether every line is read, and not only its number */
  constructor(
    private readonly port: number,
    readonly name: string,
    private readonly findings: Findings,
    readonly listens: boolean,
  ) {
    this.#token = `the token of ${name}, which is ${Math.random()}`;
  }

  get isThere(): boolean {
    return this.#socket !== undefined && this.#head > 0;
  }

  come(): void {
    const place = this.#epoch === '' ? {} : { since: this.#seq, epoch: this.#epoch };
    const join = { username: this.name, history: 0, resume: this.#token, attempt: ++this.#attempt, ...place };
    const socket = dial({ port: this.port });
    this.#socket = socket;
    this.#rest = '';
    this.#head = 0;
    socket.write(`${JSON.stringify({ Join: join })}\n`);
    const pings = setInterval(() => this.ask({ Ping: 1 }), PING_MS).unref();
    socket.on('data', chunk => this.#read(String(chunk)));
    socket.once('close', () => {
      clearInterval(pings);
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      if (!this.#isLeaving) setTimeout(() => this.come(), 200 + Math.random() * 2800).unref();
    });
  }

  /** Says a message with this number. */
  say(number: number, text: string): void {
    if (!this.isThere) return;
    this.findings.saidAt.set(number, performance.now());
    this.ask({ Send: { content: `m${number} ${text}`, ref: `m${number}` } });
  }

  ask(command: object): void {
    if (this.isThere) this.#socket?.write(`${JSON.stringify(command)}\n`);
  }

  leave(): void {
    this.#isLeaving = true;
    this.ask({ Leave: this.name });
    this.#socket?.end();
  }

  /** As when a train enters a tunnel. */
  loseLine(): void {
    this.#socket?.resetAndDestroy();
  }

  stall(forMs: number): void {
    const socket = this.#socket;
    socket?.pause();
    setTimeout(() => socket?.resume(), forMs).unref();
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      // Most lines are read only as far as it takes to come back.
      if (!this.listens && line.startsWith('{"Broadcast"'))
        this.#seq = Number(/"seq":(\d+)/.exec(line)?.[1] ?? this.#seq);
      else this.#hear(JSON.parse(line));
    }
  }

  #hear({ Joined, Duplicate, Broadcast, Accepted, Refused, Closing, History, Found, Users }: Line): void {
    const { findings } = this;
    if (Joined !== undefined) {
      if (this.#epoch !== '') findings[Joined.resumed ? 'resumed' : 'anew']++;
      if (Joined.gap !== undefined) {
        findings.gaps++;
        this.missing.push({ from: 0, to: Number.POSITIVE_INFINITY, ...Joined.gap });
      }
      this.since ??= Joined.seq;
      if (this.#epoch === '') this.#seq = Joined.seq;
      this.#epoch = Joined.epoch;
      this.#head = Joined.head;
    }
    if (Broadcast !== undefined) this.#hearMessage(Broadcast);
    if (Accepted !== undefined) {
      this.#seq = Accepted.seq;
      findings.recorded.set(Number(Accepted.ref.slice(1)), Accepted.seq);
    }
    if (History?.done || Found?.done || Users?.done) findings.answers++;
    const code = Refused?.code ?? Closing?.code ?? (Duplicate && 'DUPLICATE');
    if (code !== undefined) findings.codes.set(code, (findings.codes.get(code) ?? 0) + 1);
  }

  #hearMessage({ seq, content, kind }: NonNullable<Line['Broadcast']>): void {
    const { findings } = this;
    if (seq <= this.#seq) findings.disordered++;
    this.#seq = seq;
    if (kind !== 'message') return;
    const number = Number(/^m(\d+) /.exec(content)?.[1]);
    if (this.heard.has(number)) findings.twice++;
    this.heard.add(number);
    const saidAt = findings.saidAt.get(number);
    if (saidAt !== undefined && seq > this.#head) findings.latencies.push(performance.now() - saidAt);
  }
}
