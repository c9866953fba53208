import { connect } from '@nats-io/transport-node';
import { expect } from 'chai';
import { Brokers } from '../support/brokers.js';
import type { NatsServer } from '../support/nats-server.js';
import { until } from '../support/until.js';

/** What a broker says at first to whoever connects. */
async function greeting(server: NatsServer) {
  const connection = await connect({ servers: server.address, reconnect: false, timeout: 5000 });
  const { info } = connection;
  await connection.close();
  return info;
}

describe('the brokers of tests', () => {
  const brokers = Brokers.forEach();

  it('start on a port of the system’s choice, new enough, and with storage', async () => {
    const [one, two] = await Promise.all([brokers.start(), brokers.start()]);
    expect(one.port).to.not.equal(two.port);
    const info = await greeting(one);
    expect(info?.jetstream).to.equal(true);
    expect(Number(info?.version.split('.')[1])).to.be.at.least(10);
  });

  for (const end of ['stop', 'kill'] as const)
    it(`come back on the same port after a ${end}`, async () => {
      const server = await brokers.start();
      const { port } = server;
      await server[end]();
      expect(server.isRunning).to.equal(false);
      await server.start();
      expect(server.port).to.equal(port);
      expect((await greeting(server))?.port).to.equal(port);
    });

  it('keep silent while they are frozen, and go on when they are not', async () => {
    const server = await brokers.start();
    const connection = await connect({ servers: server.address });
    await server.freeze();
    let answered = false;
    const answer = connection.flush().then(() => (answered = true));
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(answered).to.equal(false);
    server.thaw();
    await answer;
    await connection.close();
  });

  it('are three that know each other, where a cluster is wanted', async () => {
    const servers = await brokers.startCluster();
    const connection = await connect({ servers: servers.map(({ address }) => address) });
    const isReady = async () => {
      const answer = await connection.request('$JS.API.INFO', '', { timeout: 500 });
      return answer.json<{ error?: unknown }>().error === undefined;
    };
    await until(() => isReady().catch(() => false));
    await connection.close();
  });

  it('say why they cannot start', async () => {
    const failure = await brokers.start({ lines: ['nonsense: {'] }).then(
      () => undefined,
      error => error as Error,
    );
    expect(failure?.message).to.match(/parse error/i);
  });
});
