import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { Presence, presenceText } from '../../../../src/adapters/view/presence.js';

describe('Presence', () => {
  let clock: SinonFakeTimers;
  let told: string[];
  let presence: Presence;

  beforeEach(() => {
    clock = useFakeTimers();
    told = [];
    presence = new Presence(change => told.push(presenceText(change)));
  });
  afterEach(() => clock.restore());

  it('tells of all within a second in one line', () => {
    presence.add('joined', { username: 'anna' }, 0);
    clock.tick(500);
    presence.add('left', { username: 'bert' }, 500);
    expect(told).to.deep.equal([]);
    clock.tick(500);
    expect(told).to.deep.equal(['+1 −1: anna joined, bert left']);
    clock.tick(5000);
    expect(told).to.have.length(1);
  });

  it('holds no more than a thousand back, and asks no more of a crowd than of one', () => {
    for (let n = 0; n < 100_000; n++) presence.add('joined', { username: `eve${n}` }, n);
    expect(told).to.have.length(100);
    expect(told[0]).to.equal('+1000: eve0, eve1 and 998 more joined');
    expect(clock.countTimers()).to.equal(0);
  });

  it('tells nothing of who comes and goes within it, and of who goes and comes back both', () => {
    presence.add('joined', { username: 'ci' }, 0);
    presence.add('left', { username: 'ci' }, 10);
    presence.add('left', { username: 'anna' }, 20);
    presence.add('joined', { username: 'anna' }, 30);
    clock.tick(1000);
    expect(told).to.deep.equal(['+1 −1: anna joined, anna left']);
  });

  it('tells before a message who came well before it, and of who has just come afterwards', () => {
    presence.add('joined', { username: 'anna' }, 0);
    presence.add('joined', { username: 'cleo' }, 4500);
    presence.add('joined', { username: 'bert' }, 5000);
    presence.before(5100);
    expect(told).to.deep.equal(['+2: anna and cleo joined']);
    presence.before(5100);
    presence.flush();
    expect(told).to.deep.equal(['+2: anna and cleo joined', 'bert joined']);
  });

  it('tells of each, or of none, where that is wanted', () => {
    presence.mode = 'all';
    presence.add('joined', { username: 'ci' }, 0);
    presence.add('left', { username: 'ci' }, 10);
    presence.mode = 'off';
    presence.add('joined', { username: 'anna' }, 0);
    presence.close();
    expect(told).to.deep.equal(['ci joined', 'ci left']);
  });
});
