import { expect } from 'chai';
import { type JoinedAfter, joinedEvents } from '../../../../src/application/client/joined-events.js';
import { WELCOME } from '../../../support/scripted.js';

describe('what a person is shown of a Joined', () => {
  const memo = { username: 'carl', content: 'Hi' };
  const shown = (more: Partial<typeof WELCOME> = {}, after: JoinedAfter = 'nothing', address?: string) =>
    joinedEvents({ memo, welcome: { ...WELCOME, ...more } }, after, address).at(-1);

  it('says what the room is about, if that is known', () => {
    expect(shown({ topic: 'tea' })).to.include({ topic: 'tea' });
    expect(shown()).to.not.have.property('topic');
  });

  it('says whether the name is proven, the first time and each time after that', () => {
    for (const after of ['nothing', 'connection'] as const) {
      expect(shown({ verified: true }, after)).to.have.property('verified', true);
      expect(shown({}, after)).to.not.have.property('verified');
    }
  });

  it('greets somebody who was not here, and only says of others that they are back', () => {
    expect([shown(), shown({}, 'session'), shown({}, 'connection')].map(event => event?.type)).to.deep.equal([
      'Welcome',
      'Welcome',
      'Reconnected',
    ]);
  });

  it('says what became of a session that was taken up, and nothing where it is the own one that was found', () => {
    const found = { resumed: true, gap: { from: 1, to: 7 } };
    expect(shown(found, 'session')).to.deep.include(found);
    expect(shown(found, 'nothing')).to.not.have.any.keys('resumed', 'gap');
    expect(shown(found, 'connection')).to.deep.include(found);
  });

  it('says which of several addresses it is, and first of all when its server is not known yet', () => {
    const peer = { name: 'sha256:pin', isEncrypted: true };
    const events = joinedEvents({ memo, peer: { ...peer, isNew: true } }, 'nothing', 'home');
    expect(events.map(({ type }) => type)).to.deep.equal(['NewServer', 'Welcome']);
    for (const event of events) expect(event).to.include({ address: 'home' });
    expect(joinedEvents({ memo, peer }, 'nothing')).to.deep.equal([{ type: 'Welcome', ...memo }]);
  });

  it('can say little in the basic form, which has no welcome', () => {
    expect(joinedEvents({ memo }, 'connection')).to.deep.equal([
      { type: 'Reconnected', extended: false, resumed: false },
    ]);
  });
});
