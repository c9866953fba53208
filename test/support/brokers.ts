import { type BrokerOptions, NatsServer, natsServer } from './nats-server.js';

/** Longest fetch of the binary, and start of three brokers on a busy machine, in milliseconds. */
const PATIENCE_MS = 120_000;

/** Skips the tests of a suite where no broker can be had, and says so; where all of them have to pass, they fail. */
export function needsBroker(): void {
  before(async function () {
    this.timeout(PATIENCE_MS);
    try {
      await natsServer();
    } catch (failure) {
      const sentence = `${failure instanceof Error ? failure.message.trim() : failure} Rooms on many servers are not tested.`;
      if (process.env.CI) throw new Error(sentence);
      process.stderr.write(`\n!!! ${sentence}\n`);
      this.skip();
    }
  });
}

/** The brokers that a suite starts: none of them outlives it. */
export class Brokers {
  readonly #started: NatsServer[] = [];

  /** For the tests of a suite: all are gone after each. */
  static forEach(): Brokers {
    needsBroker();
    const brokers = new Brokers();
    afterEach(() => brokers.close());
    return brokers;
  }

  /** For the tests of a suite, which share them: all are gone after the last. */
  static forAll(): Brokers {
    needsBroker();
    const brokers = new Brokers();
    after(() => brokers.close());
    return brokers;
  }

  async start(options?: BrokerOptions): Promise<NatsServer> {
    const server = await NatsServer.start(options);
    this.#started.push(server);
    return server;
  }

  async startCluster(options?: BrokerOptions): Promise<NatsServer[]> {
    const servers = await NatsServer.cluster(options);
    this.#started.push(...servers);
    return servers;
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.splice(0).map(server => server.close()));
  }
}
