import { expect } from 'chai';
import { MAX_LINE_BYTES } from '../../src/adapters/wire/line-splitter.js';
import { Guest, ROOMS, type Room } from '../support/rooms.js';
import { until } from '../support/until.js';

for (const [name, create] of Object.entries(ROOMS)) {
  describe(`RoomLink: ${name}`, () => {
    let room: Room;
    beforeEach(async () => {
      room = await create();
    });
    afterEach(() => room.server.stop());

    it('joins, and hears the answer', async () => {
      const carl = await Guest.open(room);
      carl.link.join('carl');
      await until(() => carl.responses.length === 1);
      expect(carl.responses).to.deep.equal([
        { type: 'Joined', memo: { username: 'carl', content: 'Warm Welcome' } },
      ]);
    });

    it('hears that a name is taken, and can try another on the same line', async () => {
      await Guest.joined(room, 'carl');
      const second = await Guest.open(room);
      second.link.join('carl');
      await until(() => second.responses.length === 1);
      expect(second.responses).to.deep.equal([
        { type: 'Duplicate', memo: { username: 'carl', content: 'Sorry' } },
      ]);
      second.link.join('david');
      await until(() => second.responses[1]?.type === 'Joined');
    });

    it('brings every message to the others, in order, once', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david')];
      const words = Array.from({ length: 300 }, (_, n) => `message ${n}`);
      for (const word of words) await carl.link.send('carl', word);
      await david.hears('carl: message 299');
      expect(david.heard).to.deep.equal(words.map(word => `carl: ${word}`));
      expect(carl.heard).to.deep.equal(['david: Joined']);
    });

    it('hears why something was refused, and goes on', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david')];
      await carl.link.send('david', 'I am david');
      await carl.hears(/^chatty: That is not your username/);
      await carl.link.send('carl', 'still here');
      await david.hears('carl: still here');
    });

    it('says everything before it leaves, and ends CLOSED', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david')];
      await carl.link.send('carl', 'bye');
      carl.link.leave('carl');
      await david.hears('carl: Left');
      expect(david.heard).to.deep.equal(['carl: bye', 'carl: Left']);
      expect(await carl.ended()).to.equal('CLOSED');
    });

    it('ends CLOSED when it hangs up, once, and the room knows', async () => {
      const [carl, david] = [await Guest.joined(room, 'carl'), await Guest.joined(room, 'david')];
      carl.link.close();
      carl.link.close();
      expect(await carl.ended()).to.equal('CLOSED');
      await david.hears('carl: Left');
      expect(carl.ends).to.equal(1);
    });

    it('ends SERVER_STOPPING when the server says so', async () => {
      const carl = await Guest.joined(room, 'carl');
      await room.server.stop();
      expect(await carl.ended()).to.equal('SERVER_STOPPING');
    });

    it('does not hang in a send when the line goes down', async () => {
      const carl = await Guest.joined(room, 'carl');
      carl.link.close();
      await carl.link.send('carl', 'x'.repeat(MAX_LINE_BYTES / 2));
    });
  });
}
