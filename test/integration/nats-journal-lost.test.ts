import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { BrokerRoom } from '../support/broker-room.js';
import { JournalUser, natsJournal } from '../support/journals.js';
import type { NatsServer } from '../support/nats-server.js';
import { until } from '../support/until.js';

describe('a journal whose broker has forgotten', () => {
  const room = BrokerRoom.forEach();

  it('is lost when its stream is deleted', async () => {
    await room.start();
    const user = await room.join();
    user.append('entry');
    await user.settled();
    const api = await room.admin();
    await api.streams.delete('CHATTY_main');
    await until(() => user.losses.length === 1);
    expect(user.losses).to.deep.equal(['it was deleted']);
  });

  it('is lost when its stream was deleted and made anew', async () => {
    await room.start();
    const user = await room.join();
    const api = await room.admin();
    await api.streams.delete('CHATTY_main');
    const other = await room.join();
    expect(other.opened.id).to.not.equal(user.opened.id);
    await until(() => user.losses.length === 1);
    expect(user.losses).to.deep.equal(['it was deleted, and made anew']);
    expect(other.losses).to.deep.equal([]);
  });

  it('is lost with a broker that keeps it in memory', async () => {
    await room.start();
    const user = await room.join({ storage: 'memory' });
    user.append('entry');
    await user.settled();
    await room.broker.stop();
    await room.broker.start();
    await until(() => user.losses.length === 1);
  });

  for (const [what, more, says] of [
    ['shorter', 0, /rolled back: it ends at 20, and 40 was read/],
    ['as long again, and another one', 30, /rolled back: entry 40 is another one/],
  ] as const)
    it(`is lost when the broker comes back with an older copy that is ${what}`, async () => {
      await room.start();
      const user = await room.join();
      for (let n = 0; n < 20; n++) user.append(`entry ${n}`);
      await user.settled();
      await room.broker.stop();
      const [data, copy] = [within(room.broker, 'jetstream'), within(room.broker, 'copy')];
      await cp(data, copy, { recursive: true });
      await room.broker.start();
      for (let n = 20; n < 40; n++) user.append(`entry ${n}`);
      await user.settled();
      await room.broker.stop();
      await rm(data, { recursive: true });
      await cp(copy, data, { recursive: true });
      if (more > 0) {
        // Elsewhere, so that the user does not see it grow.
        const elsewhere = await room.brokers.start();
        await elsewhere.stop();
        await rm(within(elsewhere, 'jetstream'), { recursive: true });
        await cp(copy, within(elsewhere, 'jetstream'), { recursive: true });
        await elsewhere.start();
        const writer = await JournalUser.of(natsJournal([elsewhere]));
        for (let n = 0; n < more; n++) writer.append(`other ${n}`);
        await writer.settled();
        await writer.journal.close();
        await elsewhere.stop();
        await rm(data, { recursive: true });
        await cp(within(elsewhere, 'jetstream'), data, { recursive: true });
      }
      await room.broker.start();
      await until(() => user.losses.length === 1);
      expect(user.losses[0]).to.match(says);
    });

  it('is lost when entries went that were not read', async () => {
    await room.start();
    const user = await room.join();
    user.append('read');
    await user.settled();
    const api = await room.admin();
    await user.journal.close();
    const writer = await room.join();
    for (let n = 0; n < 10; n++) writer.append(`entry ${n}`);
    await writer.settled();
    await api.streams.purge('CHATTY_main', { keep: 2 });
    const late = await room.join({}, 1);
    await until(() => late.losses.length === 1);
    expect(late.losses[0]).to.include('removed before');
    const newcomer = await room.join();
    expect(newcomer.opened).to.include({ first: 10, last: 11 });
    await until(() => newcomer.read.length === 2);
  });
});

const within = (broker: NatsServer, name: string) => join(broker.folder, name);
