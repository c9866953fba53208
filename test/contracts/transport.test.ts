import { expect } from 'chai';
import type { Channel } from '../../src/adapters/wire/listen/channel.js';
import { ListenFailure } from '../../src/application/server/failures.js';
import type { Transport } from '../../src/application/server/transport-ports.js';
import { Guest, ROOMS, type Room, TRANSPORTS } from '../support/rooms.js';
import { until } from '../support/until.js';

for (const [name, { create, dial, hasPorts }] of Object.entries(TRANSPORTS)) {
  describe(`Transport: ${name}`, () => {
    let accepted: Channel[];
    /** What they said. */
    let heard: string[];
    let transports: Transport[];
    let transport: Transport;

    function make(port?: number): Transport {
      const accept = (channel: Channel) => {
        accepted.push(channel);
        channel.listen({
          onData: chunk => heard.push(String(chunk)),
          onRefused: reason => heard.push(reason),
          onError: () => {},
          onEnd: () => {},
        });
      };
      const made = create({ accept }, port);
      transports.push(made);
      return made;
    }

    beforeEach(() => {
      accepted = [];
      heard = [];
      transports = [];
      transport = make();
    });
    afterEach(async () => {
      for (const channel of accepted) channel.destroy();
      for (const each of transports) await each.stop();
    });

    /** A line that is open on both sides. */
    async function connect() {
      const [address] = await transport.start();
      const { stream: far, peer } = await dial(transport, address ?? expect.fail('no address'));
      await until(() => accepted.length === 1);
      return { address, far, peer, near: accepted[0] ?? expect.fail() };
    }

    it('says where it listens, and clients can connect from then on', async () => {
      const addresses = await transport.start();
      expect(addresses).to.not.deep.equal([]);
      for (const address of addresses) (await dial(transport, address)).stream.on('error', () => {});
      await until(() => accepted.length === addresses.length);
    });

    it('hands over lines on which both sides can speak', async () => {
      const { far, near } = await connect();
      far.on('data', chunk => heard.push(String(chunk)));
      far.write('question\n');
      await until(() => heard.length === 1);
      near.write('answer\n');
      await until(() => heard.length === 2);
      expect(heard).to.deep.equal(['question\n', 'answer\n']);
    });

    it('has one name for the server on both sides of a line', async () => {
      const { far, peer, near } = await connect();
      far.write('hello\n');
      await until(() => heard.length === 1);
      expect(near.server).to.equal(peer.name);
    });

    it('accepts no more clients once it is stopped, and keeps those that are connected', async () => {
      const { address, far, near } = await connect();
      await transport.stop();
      const refused = await dial(transport, address ?? expect.fail()).catch((error: unknown) => error);
      expect(refused).to.be.an('error');
      expect(accepted).to.have.length(1);
      far.on('data', chunk => heard.push(String(chunk)));
      near.write('still here\n');
      await until(() => heard.length === 1);
    });

    it('can be stopped more than once, and without having been started', async () => {
      await transport.stop();
      await transport.start();
      await Promise.all([transport.stop(), transport.stop()]);
      await transport.stop();
    });

    it('can be started again once it is stopped', async () => {
      await transport.start();
      await transport.stop();
      const { near } = await connect();
      expect(near.isDown).to.equal(false);
    });

    if (!hasPorts) return;

    it('fails to listen where another one does, and can try again', async () => {
      const [{ port } = expect.fail()] = await transport.start();
      const second = make(port);
      const failure = await second.start().catch((error: unknown) => error);
      expect(failure).to.be.an.instanceOf(ListenFailure).and.include({ code: 'PORT_IN_USE' });
      await transport.stop();
      expect((await second.start()).map(address => address.port)).to.deep.equal([port]);
    });
  });
}

for (const [name, create] of Object.entries(ROOMS)) {
  describe(`Transport: a server reached through ${name}`, () => {
    let room: Room;
    beforeEach(async () => {
      room = await create();
    });
    afterEach(() => room.server.stop());

    it('tells everybody that it stops, and nothing else', async () => {
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

    it('stops while no client is connected', async () => {
      await room.server.stop();
    });

    it('announces each join and each leave once', async () => {
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
