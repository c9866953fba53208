import { expect } from 'chai';
import { reconnectedEvent, welcomeEvent } from '../../../../src/application/client/joined-events.js';
import { WELCOME } from '../../../support/scripted.js';

describe('what a person is shown of a Joined', () => {
  const memo = { username: 'carl', content: 'Hi' };

  it('says what the room is about, if that is known', () => {
    expect(welcomeEvent(memo, { ...WELCOME, topic: 'tea' })).to.include({ topic: 'tea' });
    expect(welcomeEvent(memo, WELCOME)).to.not.have.property('topic');
  });

  it('says whether the name is proven, the first time and each time after that', () => {
    for (const verified of [{ verified: true as const }, {}]) {
      const welcome = { ...WELCOME, ...verified };
      const shown = [welcomeEvent(memo, welcome), reconnectedEvent(welcome)];
      for (const event of shown)
        expect('verified' in event && event.verified).to.equal('verified' in verified);
    }
  });
});
