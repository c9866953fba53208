import type { SessionId } from '../../../domain/session.js';
import { Allowance, type Rate, rate } from './allowance.js';
import { IdleMap } from './idle-map.js';
import type { Origin } from './origins.js';

/** What a user may say; no limit where the rate is 0. */
export interface VoiceLimits {
  /** Messages of one user. */
  readonly messages: Rate;
  /** Bytes of them. */
  readonly bytes: Rate;
}

const UNLIMITED: VoiceLimits = { messages: rate(0, 0), bytes: rate(0, 0) };

/**
 * Who says no more than this is quiet, and never waits for readers that are slow, in bytes of the shared log: a person
 * who types has 200 a second, and a pasted page 4,000 at once. After the burst is paid back a loud one is quiet again.
 */
const QUIET = rate(1024, 8 * 1024);
/** What a message takes besides its text: name, time, number. */
const BYTES_AROUND = 100;

/** What one user may still say. */
export class Voice {
  /** How many connections speak with it. */
  users = 0;
  /** How long one more like the last ones has to wait, in milliseconds. */
  eachMs = 0;
  /** Which of its limits it reached last. */
  reached: 'message-rate' | 'byte-rate' = 'message-rate';
  /** Nothing as long as there is no limit. */
  #messages: Allowance | undefined;
  #bytes: Allowance | undefined;
  readonly #quiet = new Allowance(QUIET, QUIET.burst);

  constructor(private readonly limits: VoiceLimits = UNLIMITED) {}

  get isLimited(): boolean {
    return this.limits.messages.perSecond > 0 || this.limits.bytes.perSecond > 0;
  }

  /** Whether nobody has it, and it is as good as a new one. */
  get isIdle(): boolean {
    return this.users === 0 && this.isRested;
  }

  get isRested(): boolean {
    return this.#messages?.isFull !== false && this.#bytes?.isFull !== false && this.#quiet.isFull;
  }

  /** After so many milliseconds it is quiet, if nothing more is said; 0 when it is. */
  get quietInMs(): number {
    return this.#quiet.waitMs;
  }

  /** So much was said; answers for how long no more is to be read, in milliseconds. */
  said(messages: number, bytes: number): number {
    if (messages === 0) return 0;
    this.#quiet.take(bytes + messages * BYTES_AROUND);
    const messageRate = this.limits.messages.perSecond;
    const byteRate = this.limits.bytes.perSecond;
    let messagesMs = 0;
    let bytesMs = 0;
    this.eachMs = 0;
    if (messageRate > 0) {
      this.#messages ??= new Allowance(this.limits.messages);
      messagesMs = this.#messages.take(messages);
      this.eachMs = 1000 / messageRate;
    }
    if (byteRate > 0) {
      this.#bytes ??= new Allowance(this.limits.bytes);
      bytesMs = this.#bytes.take(bytes);
      this.eachMs = Math.max(this.eachMs, (bytes / messages / byteRate) * 1000);
    }
    this.reached = bytesMs > messagesMs ? 'byte-rate' : 'message-rate';
    return Math.max(messagesMs, bytesMs);
  }
}

/** Voices of one origin that nobody has any more. */
class LeftBehind {
  readonly voices: Voice[] = [];

  get isIdle(): boolean {
    return this.voices.every(voice => voice.isRested);
  }

  /** One that is not as good as a new one. */
  take(): Voice | undefined {
    for (let voice = this.voices.pop(); voice !== undefined; voice = this.voices.pop())
      if (voice.users === 0 && !voice.isRested) return voice;
    return undefined;
  }
}

/**
 * Who has which voice. A session keeps its own, and what it leaves behind is for who comes next from the same origin: so
 * nobody has more to say for having come back, under whatever name.
 */
export class Voices {
  readonly #bySession = new IdleMap<SessionId, Voice>();
  readonly #left = new IdleMap<Origin, LeftBehind>();

  constructor(private readonly limits: VoiceLimits) {}

  /** @param origin nothing for who may say what they like */
  enter(session: SessionId, origin: Origin | undefined): Voice {
    const voice = origin === undefined ? new Voice() : this.#voiceOf(session, origin);
    voice.users++;
    return voice;
  }

  leave(voice: Voice, origin: Origin | undefined): void {
    voice.users--;
    if (origin === undefined || voice.isIdle) return;
    const left = this.#left.get(origin) ?? this.#left.set(origin, new LeftBehind());
    left.voices.push(voice);
  }

  #voiceOf(session: SessionId, origin: Origin): Voice {
    const voice = this.#bySession.get(session) ?? this.#left.get(origin)?.take() ?? new Voice(this.limits);
    return this.#bySession.set(session, voice);
  }
}
