import { expect } from 'chai';
import sinon from 'sinon';
import type { JoinAnswer } from '../../../../src/application/client/client-connection.js';
import type { ClientEvent, Outage } from '../../../../src/application/client/client-event.js';
import type { Outcome } from '../../../../src/application/client/outcome.js';
import { Reconnector, type ReconnectorOptions } from '../../../../src/application/client/reconnector.js';
import { Route } from '../../../../src/application/client/route.js';

const UP_TO_30_S = 30_001;

describe('Reconnector', () => {
  let clock: sinon.SinonFakeTimers;
  let answer: () => JoinAnswer | Promise<JoinAnswer>;
  let attempts: number;
  let events: Extract<ClientEvent, { type: 'Reconnecting' }>[];
  /** Nothing while it goes on; `JOINED` when it is in the room again. */
  let result: Outcome | 'JOINED' | undefined;
  let reconnector: Reconnector;
  let route: Route;
  const owner = {
    username: 'carl',
    unsent: 2,
    isInside: false,
    hasJoined: true,
    isOver: false,
    show: (event: ClientEvent) => {
      if (event.type === 'Reconnecting') events.push(event);
    },
  };

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    answer = () => ({ type: 'NOT_REACHED' });
    attempts = 0;
    route = new Route();
    events = [];
    result = undefined;
    Object.assign(owner, { isInside: false, isOver: false });
  });
  afterEach(() => {
    reconnector.stop();
    clock.restore();
  });

  async function reconnect(options: ReconnectorOptions = {}, code: Outage['code'] = 'LOST') {
    const connector = {
      route,
      again: async () => {
        attempts++;
        return answer();
      },
    };
    reconnector = new Reconnector(connector, owner, { random: () => 1, ...options });
    await again(code);
  }

  async function again(code: Outage['code'] = 'LOST') {
    void reconnector.reconnect({ outage: { code } }).then(outcome => {
      result = outcome ?? 'JOINED';
    });
    await pass(0);
  }

  const pass = (ms: number) => clock.tickAsync(ms);
  const waits = () => events.map(({ inMs }) => inMs);

  it('waits no longer when it is told to hurry, and does nothing when there is nothing to wait for', async () => {
    await reconnect();
    await pass(60_000);
    const before = attempts;
    reconnector.hurry();
    await pass(0);
    expect(attempts).to.equal(before + 1);
    answer = () => ({ type: 'JOINED' });
    reconnector.hurry();
    await pass(0);
    expect(result).to.equal('JOINED');
    reconnector.hurry();
    await pass(UP_TO_30_S);
    expect(attempts).to.equal(before + 2);
  });

  it('waits as long as the server says, ten minutes at most, and then tries again', async () => {
    answer = () => ({ type: 'REFUSED', reason: 'Later.', code: 'TOO_MANY_JOINS', retryAfterMs: 20_000 });
    await reconnect();
    await pass(251);
    expect(waits()).to.deep.equal([250, 20_500]);
    expect(events[1]?.outage).to.deep.equal({ code: 'CROWDED' });
    answer = () => ({ type: 'REFUSED', reason: 'Later.', retryAfterMs: 1e15 });
    await pass(20_500);
    expect(waits().at(-1)).to.equal(601_000);
    answer = () => ({ type: 'JOINED' });
    await pass(601_000);
    expect([attempts, result]).to.deep.equal([3, 'JOINED']);
  });

  it('waits as long as a server has said that stops, and then seconds only, for half a minute', async () => {
    await reconnect();
    reconnector.stop();
    events = [];
    void reconnector.reconnect({ outage: { code: 'SERVER_STOPPING' }, retryAfterMs: 700 });
    await pass(40_000);
    expect(waits().slice(0, 4)).to.deep.equal([1200, 1000, 2000, 2000]);
    expect(waits().at(-3)).to.equal(2000);
    expect(waits().at(-2)).to.equal(4000);
  });

  it('waits longer each time, up to 30 s, and says why', async () => {
    await reconnect();
    await pass(120_000);
    expect(waits().slice(0, 9)).to.deep.equal([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(events.map(({ outage }) => outage.code).slice(0, 3)).to.deep.equal([
      'LOST',
      'NOT_REACHED',
      'NOT_REACHED',
    ]);
    expect(events[0]).to.include({ unsent: 2 });
    answer = () => ({ type: 'JOINED' });
    await pass(UP_TO_30_S);
    expect(result).to.equal('JOINED');
  });

  it('is worth a line when the reason is new, or the wait has grown long', async () => {
    await reconnect();
    await pass(120_000);
    expect(events.flatMap(({ inMs, isNews }) => (isNews ? [inMs] : []))).to.deep.equal([
      250, 500, 8000, 16_000,
    ]);
  });

  it('begins with short waits after a connection that has held for ten seconds, and no other', async () => {
    answer = () => ({ type: 'JOINED' });
    await reconnect();
    await pass(250);
    reconnector.joined();
    await pass(9999);
    reconnector.lost();
    await again();
    await pass(500);
    reconnector.joined();
    await pass(10_000);
    reconnector.lost();
    await again();
    expect(waits()).to.deep.equal([250, 500, 250]);
  });

  it('goes on with longer waits when what is lost never led into the room', async () => {
    await reconnect();
    await pass(60_000);
    const before = waits().length;
    reconnector.lost();
    await pass(60_000);
    expect(waits()[before]).to.be.at.least(8000);
  });

  it('gives up after as long as it was told', async () => {
    await reconnect({ retryForMs: 10_000 });
    await pass(9999);
    expect(result).to.equal(undefined);
    await pass(1);
    expect(result).to.deep.equal({ type: 'LOST' });
  });

  it('waits for an answer no longer than that', async () => {
    answer = () => new Promise(() => {});
    await reconnect({ retryForMs: 1000 });
    await pass(1000);
    expect(result).to.deep.equal({ type: 'LOST' });
    expect(attempts).to.equal(1);
  });

  it('has succeeded also when the answer came too late, but the room was entered', async () => {
    answer = () => new Promise(() => {});
    await reconnect({ retryForMs: 1000 });
    owner.isInside = true;
    await pass(1000);
    expect(result).to.equal('JOINED');
  });

  it('does not try at all when it was told so, and says that the server has stopped if it has', async () => {
    await reconnect({ retryForMs: 0 }, 'SERVER_STOPPING');
    expect(result).to.deep.equal({ type: 'SERVER_STOPPING' });
    expect([attempts, events.length]).to.deep.equal([0, 0]);
  });

  it('asks for a name that is taken for two minutes', async () => {
    answer = () => ({ type: 'NAME_TAKEN' });
    await reconnect();
    await pass(119_000);
    expect(result).to.equal(undefined);
    expect(events.at(-1)?.outage).to.deep.equal({ code: 'NAME_TAKEN' });
    await pass(UP_TO_30_S * 2);
    expect(result).to.deep.equal({ type: 'NAME_TAKEN', username: 'carl' });
  });

  it('says that the name is taken also when the time is over before that', async () => {
    answer = () => ({ type: 'NAME_TAKEN' });
    await reconnect({ retryForMs: 5000 });
    await pass(5000);
    expect(result).to.deep.equal({ type: 'NAME_TAKEN', username: 'carl' });
  });

  it('waits for a server that refuses everybody for now, and ends when its name is refused', async () => {
    let code = 'DISK_FULL';
    answer = () => ({ type: 'REFUSED', reason: 'No.', code });
    await reconnect();
    await pass(600_000);
    expect(result).to.equal(undefined);
    expect(events.at(-1)?.outage).to.deep.equal({ code: 'SERVER_SAYS', notice: 'No.' });
    code = 'NAME_TOO_LONG';
    await pass(200_000);
    expect(result).to.deep.equal({ type: 'NOT_ADMITTED', reason: 'No.', aboutName: true });
  });

  it('does not fight for a session that continues elsewhere', async () => {
    answer = () => ({ type: 'ENDED', end: 'REPLACED' });
    await reconnect();
    await pass(250);
    expect(result).to.deep.equal({ type: 'REPLACED' });
  });

  it('makes no attempt after it was stopped, nor for a membership that is over', async () => {
    await reconnect();
    reconnector.stop();
    await pass(60_000);
    expect([attempts, result]).to.deep.equal([0, undefined]);
    owner.isOver = true;
    await reconnect();
    expect(result).to.deep.equal({ type: 'LEFT' });
  });
});
