import { expect } from 'chai';
import { Hits } from '../../../../src/adapters/view/hits.js';

const marked = (words: string, text: string) => {
  const pieces = new Hits(words).split(text);
  expect(pieces.map(piece => piece.text).join('')).to.equal(text);
  return pieces.filter(({ isMention }) => isMention).map(piece => piece.text);
};

describe('Hits', () => {
  it('are words and beginnings of words, case and accents aside', () => {
    expect(marked('tea', 'Tea, teapots and a steak')).to.deep.equal(['Tea', 'teapots']);
    expect(marked('cafe', 'ein CAFÉ')).to.deep.equal(['CAFÉ']);
    expect(marked('', 'tea')).to.deep.equal([]);
    expect(marked(':)', 'tea')).to.deep.equal([]);
  });

  it('are the words of a phrase, whole', () => {
    expect(marked('"green tea"', 'green teas, green tea')).to.deep.equal(['green', 'green', 'tea']);
  });

  it('are single characters in scripts without spaces', () => {
    expect(marked('天气', '今天天气很好').join('')).to.equal('天天气');
  });
});
