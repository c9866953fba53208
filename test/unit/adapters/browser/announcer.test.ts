import { expect } from 'chai';
import sinon from 'sinon';
import { Announcer } from '../../../../src/adapters/browser/announcer.js';

describe('Announcer', () => {
  let clock: sinon.SinonFakeTimers;
  let said: string[];
  let announcer: Announcer;
  beforeEach(() => {
    clock = sinon.useFakeTimers();
    said = [];
    announcer = new Announcer(text => said.push(text));
  });
  afterEach(() => clock.restore());

  const message = (content: string, isMention = false) =>
    announcer.message({ username: 'anna', content, kind: 'message' }, isMention);

  it('reads out a few messages word by word, together', () => {
    message('one');
    message('two\nlines');
    announcer.message({ username: 'bo', content: 'waves', kind: 'action', verified: true }, false);
    clock.tick(2000);
    expect(said).to.deep.equal(['anna: one\nanna: two lines\nbo✓ waves']);
  });

  it('tells of many in one sentence, and then begins anew', () => {
    for (let number = 1; number <= 100; number++) message(`message ${number}`, number === 7);
    clock.tick(2000);
    expect(said).to.deep.equal(['100 new messages, 1 of them to you. The last one: anna: message 100']);
    clock.tick(10_000);
    message('later');
    clock.tick(2000);
    expect(said.slice(1)).to.deep.equal(['anna: later']);
  });

  it('says what chatty has to say, safe and short', () => {
    announcer.notice('You are back.');
    announcer.message({ username: 'chatty', content: 'a\u001b[0m', kind: 'notice' }, false);
    message('x'.repeat(1000));
    clock.tick(2000);
    expect(said[0]).to.include('You are back.\na<U+001B>[0m\nanna: xxx');
    expect(said[0]?.length).to.be.below(400);
  });
});
