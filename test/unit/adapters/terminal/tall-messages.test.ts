import { expect } from 'chai';
import type { Line } from '../../../../src/adapters/terminal/line-editor/spans.js';
import { TallMessages } from '../../../../src/adapters/terminal/tall-messages.js';

const line = (text: string): Line => ({ spans: [{ text }], indent: 4 });
const textOf = ({ spans }: Line) => spans.map(({ text }) => text).join('');

describe('TallMessages', () => {
  const tall = (rows = 24) => new TallMessages(() => ({ columns: 40, rows }));

  it('leave alone what takes half of the screen', () => {
    const one = tall();
    const lines = [line('short'), line('row\n'.repeat(13).trim()), line('word '.repeat(80))];
    for (const each of lines) expect(one.fold(each)).to.deep.equal([each]);
    expect(one.expand()).to.equal(undefined);
  });

  it('show the beginning of others, by lines or by length, and all of the last on request', () => {
    const one = tall();
    for (const message of [line('row\n'.repeat(300).trim()), line('word '.repeat(1000))]) {
      const shown = one.fold(message);
      expect(shown).to.have.length(13);
      expect(textOf(shown[12] as Line)).to.match(/^ {4}… \d+ more rows: \/expand shows them$/);
      expect(one.expand()).to.equal(message);
    }
  });

  it('look at no more than the beginning of a very long one, and show all of it on request', () => {
    const one = tall();
    for (const message of [
      line('row\n'.repeat(20_000)),
      line('你'.repeat(60_000)),
      line('a\u0301'.repeat(60_000)),
    ]) {
      const shown = one.fold(message);
      expect(textOf(shown.at(-1) as Line)).to.equal('    … many more rows: /expand shows them');
      expect(one.expand()).to.equal(message);
      const whole = { ...message, isWhole: true };
      expect(one.fold(whole)).to.deep.equal([whole]);
    }
  });

  it('take no more than twenty rows of a high screen, and six of a low one', () => {
    const message = line('row\n'.repeat(300).trim());
    expect(tall(200).fold(message)).to.have.length(21);
    expect(tall(5).fold(message)).to.have.length(7);
  });
});
