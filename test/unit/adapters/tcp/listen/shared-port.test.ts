import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { ListeningPort } from '../../../../../src/adapters/tcp/listen/listening-port.js';
import { ListenFailure } from '../../../../../src/application/server/failures.js';
import { until } from '../../../../support/until.js';

const logger = { warn() {}, error() {} };

describe('a port that several servers share', () => {
  const ports: ListeningPort[] = [];
  const sockets: Socket[] = [];
  /** How many connections each of them has got. */
  let got: number[];

  /** @returns the port that it listens on */
  async function listen(port: number, sharesPort = true): Promise<number> {
    const index = ports.length;
    got[index] = 0;
    const receive = (socket: Socket) => {
      sockets.push(socket.on('error', () => {}));
      got[index] = (got[index] ?? 0) + 1;
    };
    const made = new ListeningPort(
      { host: '127.0.0.1', port, keepAliveMs: 1000, sharesPort },
      receive,
      logger,
    );
    ports.push(made);
    return (await made.start())[0]?.port ?? 0;
  }

  async function call(port: number, times: number): Promise<void> {
    const before = sum();
    for (let n = 0; n < times; n++) {
      const socket = connect({ port, host: '127.0.0.1' });
      sockets.push(socket.on('error', () => {}));
      await once(socket, 'connect');
    }
    await until(() => sum() === before + times);
  }

  const sum = () => got.reduce((all, each) => all + each, 0);

  beforeEach(() => {
    got = [];
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const port of ports.splice(0)) await port.stop();
  });

  it('is chosen by the first of them, and has clients go to each', async function () {
    if (process.platform !== 'linux') this.skip();
    const port = await listen(0);
    for (let n = 0; n < 2; n++) expect(await listen(port)).to.equal(port);
    // That 200 of them miss one of three by chance is as likely as (2/3)^200.
    await call(port, 200);
    for (const each of got) expect(each).to.be.above(0);
  });

  it('goes on with those that are left', async function () {
    if (process.platform !== 'linux') this.skip();
    const port = await listen(0);
    await listen(port);
    await ports[0]?.stop();
    await call(port, 20);
    expect(got).to.deep.equal([0, 20]);
  });

  for (const [first, second] of [
    [true, false],
    [false, true],
    [false, false],
  ] as const)
    it(`is in use for one that shares it: ${second}, beside one that does: ${first}`, async function () {
      if (process.platform !== 'linux') this.skip();
      const port = await listen(0, first);
      const failure = await listen(port, second).catch(error => error);
      expect(failure).to.be.instanceOf(ListenFailure);
      expect(failure.code).to.equal('PORT_IN_USE');
    });
});
