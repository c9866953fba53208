import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { expect } from 'chai';
import { BrokerRoom } from '../support/broker-room.js';
import type { JournalUser } from '../support/journals.js';
import { until } from '../support/until.js';

describe('a journal with a broker', () => {
  const room = BrokerRoom.forEach();

  for (const end of ['stop', 'kill'] as const)
    it(`loses nothing that was read, and goes on, after a ${end} of the broker with entries on their way`, async () => {
      await room.start();
      const [one, two] = [await room.join(), await room.join()];
      let sent = 0;
      const send = () => {
        for (const user of [one, two]) user.append(`entry ${sent++}`);
      };
      for (let round = 0; round < 3; round++) {
        const talk = setInterval(() => {
          for (let n = 0; n < 20; n++) send();
        }, 5);
        await until(() => one.read.length > 300 * (round + 1));
        await room.broker[end]();
        const [read, other] = [one.read.length, two.read.length];
        await room.broker.start();
        await until(() => one.read.length > read && two.read.length > other);
        clearInterval(talk);
      }
      await one.settled();
      await two.settled();
      await until(() => one.read.length === two.read.length);
      expect(one.read).to.deep.equal(two.read);
      expect(new Set(one.texts).size).to.equal(sent);
      const newcomer = await room.join();
      await until(() => newcomer.read.length === one.read.length);
      expect(newcomer.read).to.deep.equal(one.read);
      expect(one.losses).to.deep.equal([]);
    });

  it('says that nothing can be appended while the broker is away, and when that is over', async () => {
    await room.start();
    const user = await room.join();
    await room.broker.stop();
    expect(await user.journal.find('anybody', 100)).to.equal('UNKNOWN');
    await until(() => user.objections.length === 1);
    expect(user.objections).to.deep.equal(['NOT_RECORDED']);
    expect(user.journal.connectedSince).to.equal(undefined);
    await room.broker.start();
    await until(() => user.objections.length === 2);
    expect(user.objections[1]).to.equal(undefined);
    expect(user.journal.connectedSince).to.be.a('number');
  });

  it('finds out that a broker is frozen, and goes on when it thaws', async () => {
    await room.start();
    const user = await room.join();
    await room.broker.freeze();
    user.append('into the ice');
    await until(() => user.objections.length === 1);
    room.broker.thaw();
    await user.settled();
    user.append('on');
    await user.settled();
    expect(user.objections.at(-1)).to.equal(undefined);
    expect(new Set(user.texts)).to.deep.equal(new Set(['into the ice', 'on']));
  });

  it('finds a server that says nothing silent, and one that is gone gone', async () => {
    await room.start();
    const user = await room.join();
    // A connection that has the name, and does not answer.
    const silent = await connect({ servers: room.broker.address });
    silent.subscribe('chatty.main.node.silent');
    await silent.flush();
    expect(await user.journal.find('silent', 100)).to.equal('SILENT');
    await silent.close();
    await until(async () => (await user.journal.find('silent', 100)) === 'GONE');
  });

  it('tells all that came together at once', async () => {
    await room.start();
    const user = await room.join();
    for (let n = 0; n < 1000; n++) user.append(`entry ${n}`);
    await user.settled();
    expect(user.batches.length).to.be.below(300);
  });

  it('takes entries of what the broker takes at most', async () => {
    await room.start({ lines: ['max_payload: 32768'] });
    const user = await room.join();
    expect(user.journal.maxBytes).to.equal(31_744);
    user.append('x'.repeat(user.journal.maxBytes));
    await user.settled();
    await user.journal.keep({ position: 1, state: 'y'.repeat(1_000_000) });
  });

  it('says that the disk is full, and when it is not any more', async () => {
    await room.start({ storage: ['max_file_store: 300KB'] });
    const user = await room.join({ maxBytes: -1 });
    const api = await room.admin();
    await fill(user);
    expect(user.objections).to.deep.equal(['DISK_FULL']);
    await api.streams.update('CHATTY_main', { max_bytes: 150_000 });
    await user.settled();
    await until(() => user.objections.length === 2);
    expect(user.objections[1]).to.equal(undefined);
  });

  it('says no longer that the disk is full when nothing is answered any more: its broker stores nothing then', async () => {
    await room.start({ storage: ['max_file_store: 300KB'] });
    const user = await room.join({ maxBytes: -1 });
    const api = await room.admin();
    await fill(user);
    expect(user.journal.outOfTouchSince).to.equal(undefined);
    // As when it has switched its storage off: nobody answers at the subject.
    await api.streams.update('CHATTY_main', { subjects: ['elsewhere'] });
    await until(() => user.objections.length === 2, 15_000);
    expect(user.objections).to.deep.equal(['DISK_FULL', 'NOT_RECORDED']);
    expect(user.journal.outOfTouchSince).to.be.a('number');
  }).timeout(30_000);

  it('has nothing any more of what was replaced, also after a crash of the broker', async () => {
    await room.start();
    const user = await room.join();
    for (let n = 0; n < 10; n++) user.append(`secret ${n}`);
    await user.settled();
    for (const { at, text } of user.read.slice(2, 5))
      await user.journal.replace(at, found => (found === text ? 'nothing' : undefined));
    await room.broker.kill();
    await room.broker.start();
    const newcomer = await room.join();
    await until(() => newcomer.read.length === 10);
    expect(newcomer.texts.map(text => text.slice(0, 6))).to.deep.equal(
      Array.from({ length: 10 }, (_, n) => (n >= 2 && n < 5 ? 'nothin' : 'secret')),
    );
    expect(newcomer.read.map(({ at }) => at)).to.deep.equal(user.read.map(({ at }) => at));
    await room.broker.stop();
    const files = await filesBelow(room.broker.folder);
    expect(files.some(text => text.includes('secret 1'))).to.equal(true);
    for (const n of [2, 3, 4]) expect(files.some(text => text.includes(`secret ${n}`))).to.equal(false);
  });

  it('keeps sixteen checkpoints, and has them when two servers keep them at the same time', async () => {
    await room.start();
    const [one, two] = [await room.join(), await room.join()];
    for (let n = 0; n < 30; n++) one.append(`entry ${n}`);
    await one.settled();
    for (let n = 1; n <= 10; n++)
      await Promise.all(
        [one, two].map(({ journal }, index) =>
          journal.keep({ position: 2 * n + index, state: { n, index } }),
        ),
      );
    const found: unknown[] = [];
    for await (const { position, state } of one.journal.checkpoints()) found.push([position, state]);
    expect(found).to.deep.equal(
      Array.from({ length: 16 }, (_, n) => [21 - n, { n: Math.floor((21 - n) / 2), index: (21 - n) % 2 }]),
    );
  });
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter(entry => entry.isFile())
      .map(entry => readFile(join(entry.parentPath, entry.name), 'latin1')),
  );
}

/** Appends until it is objected to. */
async function fill(user: JournalUser): Promise<void> {
  let sent = 0;
  await until(() => {
    if (user.unread < 3) user.append(`${sent++} ${'x'.repeat(10_000)}`);
    return user.objections.length > 0;
  });
}
