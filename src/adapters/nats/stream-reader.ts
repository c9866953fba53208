import { setTimeout as later } from 'node:timers/promises';
import { AckPolicy, type ConsumerConfig, DeliverPolicy } from '@nats-io/jetstream';
import { createInbox, nanos, nuid } from '@nats-io/transport-node';
import { Delivery, HEARTBEAT_MS, type Look, type Reading } from './delivery.js';
import type { NatsConnection } from './nats-connection.js';
import { codeOf, STREAM_NOT_FOUND } from './room-streams.js';

/** How soon it says so to who waits for the end, in milliseconds. */
const SOON_MS = 100;
/** How long a broker keeps a place for a reader that is gone, in milliseconds. */
const FORGOTTEN_MS = 10_000;
/** Until it is tried again what has failed, in milliseconds. */
const AGAIN_MS = 100;
/** A stream that is not there is asked for so often: a broker that has just started may not have it yet. */
const CHECKS = 5;

/**
 * Reads a stream, and goes on for as long as there is one, whatever happens to the connection and to brokers. Not with the
 * ordered consumer that comes with the client: after a restart of a broker that one is silent for up to 45 seconds.
 */
export class StreamReader {
  #last: number;
  #isClosed = false;
  #end = () => {};

  constructor(
    private readonly connection: NatsConnection,
    private readonly reading: Reading,
  ) {
    this.#last = reading.after;
  }

  start(): void {
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#end();
  }

  async #run(): Promise<void> {
    let missing = 0;
    while (!this.#isClosed) {
      try {
        await this.#connected();
        if (this.#isClosed) return;
        const look = await this.connection.during(this.reading.check(this.#last));
        missing = 0;
        if (this.#isClosed) return;
        if (look.lost !== undefined) {
          this.#lose(look.lost);
          return;
        }
        await this.#consume(look);
      } catch (error) {
        if (codeOf(error) === STREAM_NOT_FOUND && ++missing === CHECKS) {
          this.#lose('it was deleted');
          return;
        }
        await later(AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  #lose(reason: string): void {
    this.#isClosed = true;
    this.reading.onLost(reason);
  }

  /** Resolves when there is a connection, or no need for one. */
  #connected(): Promise<void> {
    return new Promise(resolve => {
      if (this.connection.since !== undefined) {
        resolve();
        return;
      }
      const done = () => {
        unwatch();
        resolve();
      };
      const unwatch = this.connection.watch(isConnected => isConnected && done());
      this.#end = done;
    });
  }

  /** Reads until it has to be begun again. */
  async #consume(look: Look): Promise<void> {
    const { core, api } = this.connection;
    const over = Promise.withResolvers<void>();
    const inbox = createInbox();
    const answer = (subject: string) => core.publish(subject);
    const delivery = new Delivery(this.#last, this.reading, look, {
      answer,
      again: over.resolve,
      read: last => {
        this.#last = last;
      },
    });
    const subscription = this.connection.subscribe(inbox, message => delivery.take(message), over.resolve);
    const unwatch = this.connection.watch(() => over.resolve());
    this.#end = over.resolve;
    const watchdog = setInterval(() => delivery.tick(), HEARTBEAT_MS);
    watchdog.unref();
    try {
      const added = api.consumers.add(this.reading.stream, this.#config(inbox));
      const { num_pending } = await this.connection.during(added);
      if (this.#isClosed) return;
      this.reading.onReady?.();
      if (num_pending === 0) delivery.hasNoMore();
      await over.promise;
    } finally {
      delivery.end();
      clearInterval(watchdog);
      unwatch();
      subscription.unsubscribe();
    }
  }

  #config(inbox: string): Partial<ConsumerConfig> {
    const { since, isAwaited } = this.reading;
    const begin =
      since !== undefined && this.#last === 0
        ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(since).toISOString() }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#last + 1 };
    return {
      ...begin,
      name: nuid.next(),
      deliver_subject: inbox,
      filter_subject: this.reading.filter,
      ack_policy: AckPolicy.None,
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      flow_control: true,
      idle_heartbeat: nanos(isAwaited ? SOON_MS : HEARTBEAT_MS),
      inactive_threshold: nanos(FORGOTTEN_MS),
    };
  }
}
