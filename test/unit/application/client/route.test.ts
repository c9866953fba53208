import { expect } from 'chai';
import sinon from 'sinon';
import { Route } from '../../../../src/application/client/route.js';

describe('Route', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers();
  });
  afterEach(() => clock.restore());

  /** In the order in which they are named. */
  const routeTo = (...names: string[]) => new Route(names, () => 0.5);

  /** Where it leads, move by move; a dash where a round is over. */
  function moves(route: Route, count: number): string {
    const places = Array.from({ length: count }, () => `${route.moveOn() ? '' : '- '}${route.address}`);
    return places.join(' ');
  }

  it('leads to the only address there is, which needs no name', () => {
    const route = new Route();
    expect([route.index, route.address, route.hasOther]).to.deep.equal([0, undefined, false]);
    expect([route.moveOn(), route.index, route.waitMs]).to.deep.equal([false, 0, 0]);
    expect(new Route(['a']).address).to.equal(undefined);
  });

  it('leads to each once a round, in turn', () => {
    expect(moves(routeTo('a', 'b', 'c'), 7)).to.equal('b c - a b c - a b');
  });

  it('begins anywhere, and goes on in an order of its own', () => {
    const randoms = [0.7, 0.9, 0.1];
    const route = new Route(['a', 'b', 'c'], () => randoms.shift() ?? 0);
    expect([route.index, route.address]).to.deep.equal([2, 'c']);
    expect(moves(route, 3)).to.equal('a b - c');
    const firsts = new Set(Array.from({ length: 200 }, () => new Route(['a', 'b', 'c']).address));
    expect(firsts).to.deep.equal(new Set(['a', 'b', 'c']));
  });

  it('forgets what was tried when a connection was a good one', () => {
    const route = routeTo('a', 'b');
    expect(moves(route, 1)).to.equal('b');
    expect(route.hasOther).to.equal(false);
    route.reset();
    expect(route.hasOther).to.equal(true);
    expect(moves(route, 2)).to.equal('a - b');
  });

  it('leaves a server alone for as long as it says, and no other', () => {
    const route = routeTo('a', 'b');
    expect([route.moveOn(700), route.address, route.waitMs]).to.deep.equal([true, 'b', 0]);
    // Nothing but b is left, and then a again, when its time has come.
    expect([route.moveOn(), route.address, route.waitMs]).to.deep.equal([false, 'b', 0]);
    expect(route.hasOther).to.equal(false);
    clock.tick(700);
    expect(moves(route, 1)).to.equal('a');
  });

  it('waits for the first of all that want to be left alone, and never for hours', () => {
    const route = routeTo('a', 'b');
    route.moveOn(9000);
    expect([route.moveOn(20_000), route.address, route.waitMs]).to.deep.equal([false, 'a', 9000]);
    const only = new Route();
    only.moveOn(1e15);
    expect(only.waitMs).to.equal(600_000);
  });
});
