import { expect } from 'chai';
import { RoomServers } from '../../../../../src/application/server/cluster/room-servers.js';

const ABOUT = { name: 'n', rules: 'r' };

describe('RoomServers', () => {
  it('count their entries while they are up', () => {
    const servers = new RoomServers();
    expect(servers.isInTurn('a', 0)).to.equal(false);
    expect([servers.add('a', ABOUT), servers.add('a', ABOUT)]).to.deep.equal([true, false]);
    expect([servers.isInTurn('a', 0), servers.isInTurn('a', 1)]).to.deep.equal([true, false]);
    servers.count('a');
    servers.count('nobody');
    expect([servers.isInTurn('a', 0), servers.isInTurn('a', 1)]).to.deep.equal([false, true]);
    expect([servers.end('a'), servers.end('a'), servers.end('nobody')]).to.deep.equal([
      'n',
      undefined,
      undefined,
    ]);
    expect([servers.isInTurn('a', 1), servers.isUp('a'), servers.isUp('nobody')]).to.deep.equal([
      ...[false, false, false],
    ]);
  });

  it('give sessions numbers that no other one has given', () => {
    const servers = new RoomServers();
    servers.add('a', ABOUT);
    servers.add('b', ABOUT);
    expect(servers.sessionsOf('a')).to.equal(1_000_000_000);
    expect(servers.sessionsOf('b')).to.equal(2_000_000_000);
    expect(servers.sessionsOf('nobody')).to.equal(0);
    expect([RoomServers.hasGiven(1_000_000_001), RoomServers.hasGiven(0)]).to.deep.equal([true, false]);
  });

  it('forget the oldest of those that are over, but none that is up, and count on after a restart', () => {
    const servers = new RoomServers();
    servers.add('first', ABOUT);
    for (let n = 0; n < 1500; n++) {
      servers.add(`s${n}`, ABOUT);
      servers.end(`s${n}`);
    }
    expect(servers.all).to.have.length(1001);
    expect(servers.eldest).to.equal('first');
    expect(servers.add('s499', ABOUT), 'forgotten').to.equal(true);
    servers.end('s499');
    const later = new RoomServers();
    later.restore(JSON.parse(JSON.stringify(servers.all)));
    expect(later.all).to.deep.equal(servers.all);
    expect(later.add('s1499', ABOUT), 'still known').to.equal(false);
    for (const each of [servers, later]) each.add('next', ABOUT);
    expect(later.sessionsOf('next')).to.equal(servers.sessionsOf('next'));
    expect(later.up.map(({ incarnation }) => incarnation)).to.deep.equal(['first', 'next']);
    later.end('first');
    later.end('next');
    expect(later.eldest).to.equal(undefined);
  });
});
