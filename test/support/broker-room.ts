import type { NatsConnection } from '../../src/adapters/nats/nats-connection.js';
import type { StreamsOptions } from '../../src/adapters/nats/room-streams.js';
import { Brokers } from './brokers.js';
import { JournalUser, natsConnection, natsJournal } from './journals.js';
import type { BrokerOptions, NatsServer } from './nats-server.js';

/** A broker, and who uses the journal with it: for each test of a suite anew. */
export class BrokerRoom {
  static forEach(): BrokerRoom {
    const room = new BrokerRoom(Brokers.forEach());
    afterEach(() => room.close());
    return room;
  }

  #broker: NatsServer | undefined;
  #admin: NatsConnection | undefined;
  #users: JournalUser[] = [];

  private constructor(readonly brokers: Brokers) {}

  get broker(): NatsServer {
    if (this.#broker === undefined) throw new Error('no broker was started');
    return this.#broker;
  }

  async start(options?: BrokerOptions): Promise<NatsServer> {
    this.#broker = await this.brokers.start(options);
    return this.#broker;
  }

  /** Another server. */
  async join(options: Partial<StreamsOptions> = {}, after?: number): Promise<JournalUser> {
    const user = await JournalUser.of(natsJournal([this.broker], options), after);
    this.#users.push(user);
    return user;
  }

  /** What an operator does at the broker. */
  async admin(): Promise<NatsConnection['api']> {
    this.#admin = natsConnection([this.broker]);
    await this.#admin.open();
    return this.#admin.api;
  }

  async close(): Promise<void> {
    await this.#admin?.close();
    this.#admin = undefined;
    for (const { journal } of this.#users) await journal.close();
    this.#users = [];
  }
}
