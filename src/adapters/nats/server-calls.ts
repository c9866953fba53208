import { errors, type Subscription } from '@nats-io/transport-node';
import type { NatsConnection } from './nats-connection.js';
import type { namesOf } from './room-streams.js';

/** What servers of a room say to each other that is kept nowhere. */
export class ServerCalls {
  #calls: Subscription | undefined;
  readonly #listeners: ((text: string) => void)[] = [];
  #answers: Subscription | undefined;
  #name: string | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly names: ReturnType<typeof namesOf>,
  ) {}

  call(text: string): void {
    // What is sent without a connection would be dropped later, or come too late.
    if (this.connection.since === undefined) return;
    try {
      this.connection.core.publish(this.names.call, text);
    } catch {
      // It need not arrive.
    }
  }

  listen(listener: (text: string) => void): void {
    this.#listeners.push(listener);
    this.#calls ??= this.connection.subscribe(this.names.call, message => {
      for (const each of this.#listeners) each(message.string());
    });
  }

  answerAs(name: string): void {
    this.#answers?.unsubscribe();
    this.#name = name;
    this.#answers = this.connection.subscribe(`${this.names.nodes}.${name}`, message => message.respond());
  }

  async find(name: string, withinMs: number): Promise<'HERE' | 'SILENT' | 'GONE' | 'UNKNOWN'> {
    const { since } = this.connection;
    if (since === undefined) return 'UNKNOWN';
    // A connection is not told what it has said itself.
    if (name === this.#name) return 'HERE';
    try {
      await this.connection.core.request(`${this.names.nodes}.${name}`, '', { timeout: withinMs });
      return 'HERE';
    } catch (error) {
      if (this.connection.since !== since) return 'UNKNOWN';
      if (error instanceof errors.RequestError && error.isNoResponders()) return 'GONE';
      return error instanceof errors.TimeoutError ? 'SILENT' : 'UNKNOWN';
    }
  }

  close(): void {
    this.#calls?.unsubscribe();
    this.#answers?.unsubscribe();
  }
}
