import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';

describe('addresses in the log of a server', () => {
  let server: Program | undefined;
  afterEach(async () => {
    await server?.kill();
    server = undefined;
  });

  /** What is logged of somebody from elsewhere who joins and hangs up. */
  async function logged(args: string[] = []): Promise<Record<string, unknown>[]> {
    const [started, port] = await Program.server(['--proxies', '127.0.0.1', '--allow-plaintext', ...args]);
    server = started;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('PROXY TCP4 192.0.2.77 192.0.2.1 40000 8081\r\n{"Join":"carl"}\n');
    await once(socket, 'data');
    socket.end();
    await until(() => started.stderr.includes('session ended'));
    return started.stderr
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
  }

  it('are shortened, in every line', async () => {
    const lines = await logged();
    const addressed = lines.flatMap(({ msg, address }) => (address === undefined ? [] : [[msg, address]]));
    expect(addressed).to.deep.equal([
      ['joined', '192.0.2.0/24'],
      ['connection ended', '192.0.2.0/24'],
    ]);
    expect(server?.stderr).to.not.include('192.0.2.77');
  });

  it('are written in full when that is asked for', async () => {
    const lines = await logged(['--log-addresses', 'full']);
    expect(lines.find(({ msg }) => msg === 'joined')).to.include({ username: 'carl', address: '192.0.2.77' });
  });
});
