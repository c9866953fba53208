import { expect } from 'chai';
import { Choices } from '../../../../src/adapters/view/view-choices.js';

describe('Choices', () => {
  let remembered: [name: string, value: string | undefined][];
  const choices = (given = {}) => new Choices(given, (name, value) => remembered.push([name, value]));

  beforeEach(() => {
    remembered = [];
  });

  it('begin with what was chosen before', () => {
    const before = choices({ presence: 'off', commands: 'slash', ignore: 'Bob, carl ,,', highlight: 'v2' });
    expect([before.presence, before.commands, before.hasCommandStyle]).to.deep.equal(['off', 'slash', true]);
    expect(['bob', 'CARL', 'anna', ''].map(name => before.isIgnored(name))).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    expect(before.words).to.deep.equal(['v2']);
    expect(choices().hasCommandStyle).to.equal(false);
  });

  it('ignore in any spelling, with what completion puts around a name, until it is taken back', () => {
    const one = choices();
    expect(one.choose('ignore', '@Bob: ')).to.match(/^You see nothing of Bob any more/);
    expect(one.choose('ignore', 'anna, cleo')).to.match(/^You see nothing of anna, cleo any more/);
    one.choose('unignore', 'cleo');
    one.username = 'Carl';
    expect(one.choose('ignore', 'carl')).to.equal('That is you.');
    expect(one.isIgnored('ＢＯＢ')).to.equal(true);
    expect(one.choose('ignore', '')).to.equal('You ignore Bob, anna.');
    expect(one.choose('unignore', 'bob')).to.match(/^You see again/);
    expect(one.choose('unignore', 'bob')).to.equal('You do not ignore bob.');
    expect(one.choose('unignore', '')).to.match(/^Whom/);
    one.choose('unignore', 'anna');
    expect(one.choose('ignore', '')).to.match(/^You ignore nobody/);
    expect(remembered).to.deep.equal([
      ['ignore', 'Bob'],
      ['ignore', 'Bob, anna, cleo'],
      ['ignore', 'Bob, anna'],
      ['ignore', 'anna'],
      ['ignore', undefined],
    ]);
  });

  it('ignore no more than a bound', () => {
    const one = choices({ ignore: Array.from({ length: 300 }, (_, n) => `u${n}`).join(',') });
    expect(one.isIgnored('u199')).to.equal(true);
    expect(one.isIgnored('u200')).to.equal(false);
    expect(one.choose('ignore', 'more')).to.equal('You can ignore 200 at most.');
  });

  it('take the words that there are, in any case, and say which they are', () => {
    const one = choices();
    expect(one.choose('presence', 'OFF')).to.equal('Comings and goings are not shown.');
    expect(one.choose('presence', 'some')).to.match(/^Type \/presence/);
    expect(one.choose('presence', '')).to.match(/^Comings and goings are not shown\. \/presence/);
    expect(one.choose('commands', 'slash')).to.match(/^Only what begins with a slash/);
    expect(one.choose('commands', '')).to.match(/\/commands words/);
    expect(one.choose('commands', 'none')).to.match(/^Type \/commands/);
    expect(one.choose('highlight', 'v2, release')).to.equal('These ring like your name: v2, release.');
    expect(one.choose('highlight', '')).to.equal('These ring like your name: v2, release.');
    expect(one.choose('highlight', 'none')).to.match(/^Only your name rings/);
    expect([one.presence, one.commands]).to.deep.equal(['off', 'slash']);
    expect(remembered).to.deep.equal([
      ['presence', 'off'],
      ['commands', 'slash'],
      ['highlight', 'v2, release'],
      ['highlight', undefined],
    ]);
  });
});
