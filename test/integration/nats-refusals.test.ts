import { createServer, type Server } from 'node:net';
import type { StreamConfig } from '@nats-io/jetstream';
import { expect } from 'chai';
import { Brokers } from '../support/brokers.js';
import { JournalUser, natsConnection, natsJournal } from '../support/journals.js';
import { opens, refusal } from '../support/nats-refusals.js';
import type { BrokerOptions, NatsServer } from '../support/nats-server.js';

describe('brokers that cannot keep a room', () => {
  const brokers = Brokers.forEach();
  const start = (options?: BrokerOptions) => brokers.start(options);

  it('is nobody there', async () => {
    const broker = await start();
    await broker.stop();
    expect(await refusal(broker)).to.equal('UNREACHABLE connection refused');
  });

  it('is one there that says nothing', async () => {
    const broker = await start();
    await broker.freeze();
    const begun = performance.now();
    expect(await refusal(broker)).to.match(/^UNREACHABLE/);
    expect(performance.now() - begun).to.be.within(4000, 30_000);
  });

  it('is it another server', async () => {
    const other = await listening('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await refusal(other)).to.match(/^UNREACHABLE/);
    await other.close();
  });

  it('is it too old', async () => {
    const info = {
      server_id: 'OLD',
      version: '2.9.10',
      max_payload: 1_048_576,
      headers: true,
      jetstream: true,
      proto: 1,
    };
    const old = await listening(`INFO ${JSON.stringify(info)}\r\n`);
    expect(await refusal(old)).to.equal('TOO_OLD 2.9.10');
    await old.close();
  });

  it('keeps it nothing', async () => {
    expect(await refusal(await start({ withoutStorage: true }))).to.equal('NO_STORAGE');
  });

  it('has it too little space', async () => {
    const broker = await start({ storage: ['max_file_store: 1MB'] });
    expect(await refusal(broker)).to.match(/^NO_SPACE/);
    const admin = natsConnection([broker]);
    await admin.open();
    expect(await namesAt(admin)).to.deep.equal([]);
    await admin.close();
  });

  it('has each of several too little space', async () => {
    const [broker] = await brokers.startCluster({ storage: ['max_file_store: 1MB'] });
    expect(await refusal(broker as NatsServer, {}, { replicas: 3 })).to.equal('NO_SPACE');
  }).timeout(60_000);

  it('has it not enough replicas', async () => {
    expect(await refusal(await start(), {}, { replicas: 3 })).to.equal(
      'OTHER_SETTINGS it has not 3 servers for replicas',
    );
  });

  const others: [says: string, change: Partial<StreamConfig>][] = [
    ['subjects is chatty.main.log,other', { subjects: ['chatty.main.log', 'other'] }],
    ['discard is new', { discard: 'new' }],
    ['storage is memory', { storage: 'memory' }],
    ['max_msgs_per_subject is 5', { max_msgs_per_subject: 5 }],
    ['no_ack is true', { no_ack: true }],
    ['deny_delete is true', { deny_delete: true }],
    ['retention is interest', { retention: 'interest' }],
    ['description is mine', { description: 'mine' }],
    ['max_msg_size is 1000', { max_msg_size: 1000 }],
    ['max_consumers is 2', { max_consumers: 2 }],
  ];
  for (const [says, change] of others)
    it(`has the stream another setting: ${says}`, async () => {
      const broker = await start();
      const admin = natsConnection([broker]);
      await admin.open();
      await admin.api.streams.add({
        name: 'CHATTY_main',
        subjects: ['chatty.main.log'],
        description: 'chatty 1 x',
        ...change,
      });
      expect(await refusal(broker)).to.equal(`OTHER_SETTINGS CHATTY_main: ${says}`);
      expect(await namesAt(admin), 'nothing is made beside it').to.deep.equal(['CHATTY_main']);
      await admin.close();
    });

  it('has the stream of what is kept a bound', async () => {
    const broker = await start();
    const admin = natsConnection([broker]);
    await admin.open();
    await admin.api.streams.add({
      name: 'CHATTY_main_KEPT',
      subjects: ['chatty.main.kept.>'],
      description: 'chatty 1 x',
      ...{ max_msgs_per_subject: 1, max_bytes: 1_000_000 },
    });
    expect(await refusal(broker)).to.equal('OTHER_SETTINGS CHATTY_main_KEPT: max_bytes is 1000000');
    expect(await namesAt(admin)).to.deep.equal(['CHATTY_main_KEPT']);
    await admin.close();
  });

  async function namesAt(admin: ReturnType<typeof natsConnection>): Promise<string[]> {
    const streams = await admin.api.streams.list().next();
    return streams.map(({ config }) => config.name);
  }

  it('has it lost what is kept beside the log', async () => {
    const broker = await start();
    await opens(broker);
    const admin = natsConnection([broker]);
    await admin.open();
    await admin.api.streams.delete('CHATTY_main_KEPT');
    expect(await refusal(broker)).to.equal('KEPT_LOST CHATTY_main_KEPT');
    expect(await namesAt(admin)).to.deep.equal(['CHATTY_main']);
    await admin.close();
    await (await JournalUser.of(natsJournal([broker], { acceptsLoss: true }))).journal.close();
    await opens(broker);
  });

  it('has another stream its subjects', async () => {
    const broker = await start();
    const admin = natsConnection([broker]);
    await admin.open();
    await admin.api.streams.add({ name: 'ALL', subjects: ['chatty.>'] });
    await admin.close();
    expect(await refusal(broker)).to.match(/^OTHER_SETTINGS another stream takes chatty\.main/);
  });

  it('takes other limits of an operator’s', async () => {
    const broker = await start();
    await opens(broker);
    const admin = natsConnection([broker]);
    await admin.open();
    await admin.api.streams.update('CHATTY_main', { max_age: 3_600_000_000_000, max_bytes: 1_000_000 });
    await admin.close();
    await opens(broker);
  });

  it('opens one room for many servers that start at the same time', async () => {
    const broker = await start();
    const users = await Promise.all(Array.from({ length: 8 }, () => JournalUser.of(natsJournal([broker]))));
    expect(new Set(users.map(({ opened }) => opened.id)).size).to.equal(1);
    for (const { journal } of users) await journal.close();
  });

  it('goes on with the brokers of which one is not there', async () => {
    const [gone, broker] = [await start(), await start()];
    await gone.stop();
    const user = await JournalUser.of(natsJournal([gone, broker]));
    expect(user.opened.first).to.equal(1);
    // The same room, as far as anybody can see, at the address that was not there: it is not, and this is noticed.
    await user.journal.close();
  });
});

/** Somebody else's server, who says this to whoever comes, and PONG to whatever is said. */
async function listening(words: string): Promise<{ address: string; close(): Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {}).on('data', () => socket.write('PONG\r\n'));
    socket.write(words);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    address: `127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
