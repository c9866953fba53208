import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
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

  it('stops when it is asked to, though its broker has gone while it was starting', async () => {
    const broker = await brokers.start();
    const line = await lineUntil(broker.port, 'CONSUMER.CREATE.CHATTY_main.');
    const program = Program.chatty([...args(), '--history', `nats://127.0.0.1:${line.port}`]);
    try {
      await line.cut;
      program.signal('SIGTERM');
      const late = later(10_000, 'runs on', { ref: false });
      expect(await Promise.race([program.exit(), late])).to.equal(0);
      expect(program.stdout).to.equal('');
    } finally {
      await program.kill();
      line.server.close();
    }
  });

  it('ends with 4 and a line when its broker goes away while it is starting', async () => {
    const broker = await brokers.start();
    const line = await lineUntil(broker.port, 'CONSUMER.CREATE.CHATTY_main_KEPT.');
    const program = Program.chatty([...args(), '--history', `nats://127.0.0.1:${line.port}`]);
    try {
      expect(await program.exit()).to.equal(4);
      expect(program.stderr).to.match(/^No broker answers at nats:\/\/127\.0\.0\.1:\d+ .*\n$/);
    } finally {
      line.server.close();
    }
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
    await until(async () => (await Program.chatty(words).exit()) === 0);
    program.signal('SIGTERM');
    expect(await program.exit()).to.equal(0);
    for (const text of [program.stdout, program.stderr, status.stdout, status.stderr])
      expect(text).to.not.include('s3cret');
  });
});

/** A line to a broker that is cut, for good, as soon as these words are said over it. */
async function lineUntil(target: number, words: string) {
  const { promise: cut, resolve } = Promise.withResolvers<void>();
  let isCut = false;
  const server = createServer(near => {
    const far = connect(target, '127.0.0.1');
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const side of [near, far]) side.on('error', end).on('close', end);
    if (isCut) end();
    far.on('data', chunk => near.write(chunk));
    near.on('data', chunk => {
      if (chunk.includes(words)) {
        isCut = true;
        end();
        resolve();
      } else far.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, cut, port: (server.address() as AddressInfo).port };
}
