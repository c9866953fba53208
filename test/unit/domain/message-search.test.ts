import { expect } from 'chai';
import fc from 'fast-check';
import { isOfSigns, MAX_QUERY_WORDS, matches, termsOf, wordsOf } from '../../../src/domain/message-search.js';

describe('The words of a text', () => {
  const CASES: Record<string, string[]> = {
    '': [],
    '?!': [],
    'Hello, World 42': ['hello', 'world', '42'],
    "don't e-mail": ['don', 't', 'e', 'mail'],
    'Crème BRÛLÉE': ['creme', 'brulee'],
    'Straße ΟΔΟΣ οδος İstanbul': ['strasse', 'οδοσ', 'οδοσ', 'istanbul'],
    'ﬁne １２ ™': ['fine', '12', 'tm'],
    'Ёлка й': ['елка', 'и'],
    'שָׁלוֹם مَرْحَبًا': ['שלום', 'مرحبا'],
    'हिन्दी कि की': ['हिन्दी', 'कि', 'की'],
    'می\u200cخواهم soft\u00adware': ['میخواهم', 'software'],
    한국어: ['한국어'],
    'COVID19疫苗 々': ['covid19', '疫', '苗', '々'],
    'がか ｶﾞ ー': ['が', 'か', 'ガ', 'ー'],
    ที่นี่: ['ท', 'ี', '่', 'น', 'ี', '่'],
    '👍🏽 🇩🇪 ❤️': ['👍', '🇩', '🇪', '❤'],
    '𠮷 𝒜': ['𠮷', 'a'],
  };
  for (const [text, words] of Object.entries(CASES)) {
    it(`of ${JSON.stringify(text)} are ${JSON.stringify(words)}`, () => {
      expect(wordsOf(text)).to.deep.equal(words);
    });
  }

  it('stay as they are when they are taken for a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const words = wordsOf(text);
        expect(wordsOf(words.join(' '))).to.deep.equal(words);
      }),
    );
  });

  it('hold nothing that is syntax anywhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        for (const word of wordsOf(text)) expect(word).not.to.match(/[\x00-\x2f\x3a-\x60\x7b-\x7f]/);
      }),
    );
  });
});

describe('What a query asks for', () => {
  it('is a word or its beginning, or a sequence of characters', () => {
    expect(termsOf('Tea 京都 x')).to.deep.equal([
      { words: ['tea'], isPrefix: true },
      { words: ['京', '都'], isPrefix: false },
      { words: ['x'], isPrefix: true },
    ]);
    expect(termsOf('?!')).to.deep.equal([]);
  });

  it('is a phrase in quotes, of whole words; a quote without a second one is a sign', () => {
    const phrase = (...words: string[]) => ({ words, isPrefix: false });
    const word = (text: string) => ({ words: [text], isPrefix: true });
    expect(termsOf('a "Green  TEA," b')).to.deep.equal([word('a'), phrase('green', 'tea'), word('b')]);
    expect(termsOf('“green tea” „grüner Tee“ «thé vert»')).to.deep.equal([
      phrase('green', 'tea'),
      phrase('gruner', 'tee'),
      phrase('the', 'vert'),
    ]);
    expect(termsOf('"tea in 東京"')).to.deep.equal([phrase('tea', 'in', '東', '京')]);
    expect(termsOf('"a b" "c d')).to.deep.equal([phrase('a', 'b'), word('c'), word('d')]);
    expect(termsOf('"a b')).to.deep.equal([word('a'), word('b')]);
    expect(termsOf('"" a"b"c ":)"')).to.deep.equal([word('a'), phrase('b'), word('c')]);
    expect(termsOf(`"${'a '.repeat(50)}"`)).to.deep.equal([phrase(...Array(MAX_QUERY_WORDS).fill('a'))]);
  });

  it('is signs when it has anything but words', () => {
    for (const words of [':)', '"', '"!"', '… ?']) expect(isOfSigns({ words }), words).to.equal(true);
    for (const words of ['', ' \t', 'a :)', '👍', '"a"']) expect(isOfSigns({ words }), words).to.equal(false);
  });

  it('is cut at its limit', () => {
    expect(termsOf('a '.repeat(50))).to.have.length(MAX_QUERY_WORDS);
    expect(termsOf(`a ${'京'.repeat(50)} b`)).to.deep.equal([
      { words: ['a'], isPrefix: true },
      { words: Array(MAX_QUERY_WORDS - 1).fill('京'), isPrefix: false },
    ]);
  });

  it('is in a message that has all of it', () => {
    const has = (message: string, query: string) => matches(wordsOf(message), termsOf(query));
    expect(has('green tea in 東京都', 'TEA')).to.equal(true);
    expect(has('green tea in 東京都', 'gre te 京都')).to.equal(true);
    expect(has('green tea in 東京都', 'een')).to.equal(false);
    expect(has('green tea in 東京都', 'tea coffee')).to.equal(false);
    expect(has('green tea in 東京都', '東都')).to.equal(false);
    expect(has('green tea in 東京都', '都の')).to.equal(false);
    expect(has('green tea', '')).to.equal(true);
    expect(has('the green teas', '"green tea"')).to.equal(false);
    expect(has('tea, green', '"green tea"')).to.equal(false);
    expect(has('Green: tea!', '"green tea"')).to.equal(true);
  });

  it('is always in the text that it is taken from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), text => {
        expect(matches(wordsOf(text), termsOf(text))).to.equal(true);
      }),
    );
  });
});
