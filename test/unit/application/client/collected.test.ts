import { expect } from 'chai';
import { Collected } from '../../../../src/application/client/collected.js';

describe('Collected', () => {
  it('grows with each part, up to a number', () => {
    const names = new Collected<string>(3);
    names.add(['anna', 'bert']);
    names.add(['carl', 'david']);
    names.add(['eve']);
    expect(names.all).to.deep.equal(['anna', 'bert', 'carl']);
  });

  it('holds no more than twice the longest answer, names and texts counted', () => {
    const memos = new Collected(1000);
    const long = { username: 'eve', content: 'x'.repeat(64 * 1024 - 3) };
    for (let n = 0; n < 100; n++) memos.add([long]);
    expect(memos.all).to.have.length(8);
  });
});
