import { expect } from 'chai';
import { HistorySearch } from '../../../../../src/adapters/terminal/line-editor/history-search.js';

describe('HistorySearch', () => {
  it('finds the newest with the part, then older ones, each once', () => {
    const search = new HistorySearch(['green tea', 'coffee', 'Tea!', 'green tea']);
    expect(search.match).to.equal(undefined);
    search.type('te');
    expect(search.match).to.equal('green tea');
    search.older();
    expect(search.match).to.equal('Tea!');
    search.older();
    expect(search.match).to.equal('Tea!');
    search.type('a!');
    expect([search.query, search.match]).to.deep.equal(['tea!', 'Tea!']);
    search.erase();
    expect([search.query, search.match]).to.deep.equal(['tea', 'green tea']);
    search.type('x');
    expect(search.match).to.equal(undefined);
  });
});
