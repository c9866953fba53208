import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Brokers } from '../support/brokers.js';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';

const LOGIN = 'authorization { user: carl, password: s3cret }';

describe('server:start --history nats://', () => {
  const brokers = Brokers.forEach();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-brokers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const args = () => ['server:start', '--port', '0', '--data-dir', folder];

  it('ends with 4 and a line where nobody answers', async () => {
    const broker = await brokers.start();
    await broker.stop();
    const program = Program.chatty([...args(), '--history', broker.url]);
    expect(await program.exit()).to.equal(4);
    expect(program.stderr).to.equal(
      `No broker answers at ${broker.url} (connection refused). Check --history, and that nats-server runs there.\n`,
    );
    expect(program.stdout).to.equal('');
  });

  it('ends with 4 where it is not let in, and tells no password', async () => {
    const broker = await brokers.start({ lines: [LOGIN] });
    const place = `nats://carl:wr0ng@${broker.address}`;
    const program = Program.chatty([...args(), '--log-level', 'debug'], { CHATTY_HISTORY: place });
    expect(await program.exit()).to.equal(4);
    expect(program.stderr).to.match(
      /^The broker at nats:\/\/127\.0\.0\.1:\d+ does not let this server in\. /,
    );
    expect(program.stderr).to.not.include('wr0ng');
  });

  it('tells no password while it runs, whatever becomes of the broker', async () => {
    const broker = await brokers.start({ lines: [LOGIN] });
    const env = { CHATTY_HISTORY: `nats://carl:s3cret@${broker.address}` };
    const [program, port] = await Program.server([...args().slice(1), '--log-level', 'debug'], env);
    await broker.kill();
    const status = Program.chatty(['server:status', '--data-dir', folder, '--json'], env);
    await status.exit();
    await broker.start();
    const words = ['client:send', '--port', String(port), '--username', 'carl', 'hello'];
    await until(async () => (await Program.chatty(words).exit()) === 0, 20_000);
    program.signal('SIGTERM');
    expect(await program.exit()).to.equal(0);
    for (const text of [program.stdout, program.stderr, status.stdout, status.stderr])
      expect(text).to.not.include('s3cret');
  }).timeout(30_000);
});
