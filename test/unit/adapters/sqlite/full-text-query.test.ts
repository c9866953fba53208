import { expect } from 'chai';
import { matchOf } from '../../../../src/adapters/sqlite/full-text-query.js';
import { termsOf } from '../../../../src/domain/message-search.js';

describe('matchOf', () => {
  const match = (query: string) =>
    matchOf(termsOf(query), undefined).replaceAll('words : ', '').split(' AND ');

  it('asks for each word or its beginning, and for phrases as they are', () => {
    expect(match('tea "green cup"')).to.deep.equal(['"tea" *', '"green cup"']);
  });

  it('leaves out what another word implies', () => {
    expect(match('w w1 w12 tea')).to.deep.equal(['"w12" *', '"tea" *']);
    expect(match('tea te tea t')).to.deep.equal(['"tea" *']);
    expect(match('gre "green cup"')).to.deep.equal(['"green cup"']);
    expect(match('green "green"')).to.deep.equal(['"green"']);
  });

  it('leaves out nothing that is asked for besides', () => {
    expect(match('"green" greenest')).to.deep.equal(['"green"', '"greenest" *']);
    expect(match('"tea" tea')).to.deep.equal(['"tea"']);
    expect(match('茶 茶道')).to.deep.equal(['"茶"', '"茶 道"']);
  });
});
