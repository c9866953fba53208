import { expect } from 'chai';
import sinon from 'sinon';
import { Session } from '../../../src/domain/session.js';

describe('Session', () => {
  const connection = () => ({ end: sinon.spy() });

  it('is entering until its first connection speaks for it', () => {
    const session = new Session(1);
    expect([session.isEntering, session.isAway]).to.deep.equal([true, false]);
    session.connect(connection(), 0);
    expect([session.isEntering, session.isAway]).to.deep.equal([false, false]);
  });

  it('is away once its connection is gone, and not any more once there is another one', () => {
    const session = new Session(1, 'key');
    const [first, second] = [connection(), connection()];
    session.connect(first, 1);
    expect(session.disconnect(first)).to.equal(true);
    expect(session.isAway).to.equal(true);
    expect(session.isHeldBy(first)).to.equal(false);
    session.connect(second, 2);
    expect(session.isAway).to.equal(false);
    expect(session.isHeldBy(second)).to.equal(true);
    expect(first.end.callCount).to.equal(0);
  });

  it('is away at first when it was in the room before a restart', () => {
    const session = Session.away(7, 'key');
    expect(session).to.include({ id: 7, resumeKey: 'key', isEntering: false, isAway: true });
    expect(session.accepts(0)).to.equal(true);
  });

  it('tells its connection to come back when an older one has taken it elsewhere', () => {
    for (const [attempt, reason] of [
      [3, 'CUT_OFF'],
      [4, 'REPLACED'],
      [5, 'REPLACED'],
      [undefined, 'REPLACED'],
    ] as const) {
      const session = new Session(1, 'key');
      const own = connection();
      session.connect(own, 4);
      session.moveElsewhere('REPLACED', attempt === undefined ? {} : { attempt });
      expect(own.end.args, String(attempt)).to.deep.equal([[reason]]);
    }
  });

  it('tells the connection before that it was replaced, when it is held by the new one already', () => {
    const session = new Session(1, 'key');
    const second = connection();
    const first = {
      end: sinon.spy(() => {
        expect(session.isHeldBy(second)).to.equal(true);
        expect(session.disconnect(first)).to.equal(false);
      }),
    };
    session.connect(first, 1);
    session.connect(second, 2);
    expect(first.end.args).to.deep.equal([['REPLACED']]);
    expect(second.end.callCount).to.equal(0);
    expect(session.isAway).to.equal(false);
  });

  it('does not mind the end of a connection that does not speak for it', () => {
    const session = new Session(1, 'key');
    expect(session.disconnect(connection())).to.equal(false);
    session.connect(connection(), 1);
    expect(session.disconnect(connection())).to.equal(false);
    expect(session.isAway).to.equal(false);
  });

  it('accepts no connection that is older than the one it had last', () => {
    const session = new Session(1, 'key');
    const second = connection();
    session.connect(second, 2);
    expect([1, 2, 3].map(attempt => session.accepts(attempt))).to.deep.equal([false, true, true]);
    session.disconnect(second);
    expect(session.accepts(1)).to.equal(false);
  });
});
