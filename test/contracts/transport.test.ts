import { expect } from 'chai';
import { Guest, ROOMS, type Room } from '../support/rooms.js';
import { until } from '../support/until.js';

for (const [name, create] of Object.entries(ROOMS)) {
  describe(`Transport: ${name}`, () => {
    let room: Room;
    beforeEach(async () => {
      room = await create();
    });
    afterEach(() => room.server.stop());

    it('tells everybody that it stops, and of nothing else', async () => {
      const guests = await Promise.all(['carl', 'david', 'lucio'].map(name => Guest.joined(room, name)));
      // Two joins for who came first, one for the second, none for the last.
      await until(() => guests.flatMap(guest => guest.heard).length === 3);
      const before = guests.map(guest => guest.heard.length);
      await room.server.stop();
      for (const [index, guest] of guests.entries()) {
        expect(await guest.ended()).to.equal('SERVER_STOPPING');
        expect(guest.heard.slice(before[index])).to.deep.equal(['chatty: The server is stopping. Goodbye.']);
      }
    });

    it('stops once, however often it is asked', async () => {
      await Promise.all([room.server.stop(), room.server.stop()]);
      await room.server.stop();
    });

    it('stops with nobody there', async () => {
      await room.server.stop();
    });

    it('announces who comes and who goes, once each', async () => {
      const carl = await Guest.joined(room, 'carl');
      const david = await Guest.joined(room, 'david');
      david.link.leave();
      await david.ended();
      const again = await Guest.joined(room, 'david');
      again.link.close();
      await again.ended();
      await Guest.joined(room, 'last');
      await carl.hears('last: Joined');
      expect(carl.heard).to.deep.equal([
        'david: Joined',
        'david: Left',
        'david: Joined',
        'david: Left',
        'last: Joined',
      ]);
    });
  });
}
