import { expect } from 'chai';
import { InputHistory } from '../../../../../src/adapters/terminal/line-editor/input-history.js';

describe('InputHistory', () => {
  let history: InputHistory;

  beforeEach(() => {
    history = new InputHistory();
    for (const entry of ['one', 'two', 'three']) history.add(entry);
  });

  it('goes back, and forth to the draft', () => {
    expect(history.older('draft')).to.equal('three');
    expect(history.older('three')).to.equal('two');
    expect(history.newer('two')).to.equal('three');
    expect(history.newer('three')).to.equal('draft');
    expect(history.newer('draft')).to.equal(undefined);
  });

  it('begins at the newest again when a walk has ended', () => {
    history.older('');
    history.older('three');
    history.endWalk();
    expect(history.older('a new draft')).to.equal('three');
    expect(history.newer('three')).to.equal('a new draft');
  });

  it('keeps a draft that was left for older entries, whatever became of those', () => {
    history.older('a draft');
    history.add('three');
    expect(history.older('')).to.equal('three');
    expect(history.older('three')).to.equal('a draft');
    history.endWalk();
    history.older('a draft of two\nlines');
    history.endWalk();
    expect(history.older('')).to.equal('a draft of two\nlines');
  });

  it('keeps changes while it goes, and forgets them then', () => {
    history.older('');
    expect(history.older('three, changed')).to.equal('two');
    expect(history.newer('two')).to.equal('three, changed');
    history.add('four');
    expect(history.older('')).to.equal('four');
    expect(history.older('four')).to.equal('three');
  });
});
