import { expect } from 'chai';
import { validateSync } from 'class-validator';
import { IsWellFormed, IsWhole } from '../../../../src/adapters/wire/constraints.js';

class Count {
  @IsWhole() count: unknown;
}

class Text {
  @IsWellFormed() text: unknown;
}

const isCount = (count: unknown) => validateSync(Object.assign(new Count(), { count })).length === 0;
const isText = (text: unknown) => validateSync(Object.assign(new Text(), { text })).length === 0;

describe('a whole number', () => {
  for (const count of [0, 1, Number.MAX_SAFE_INTEGER])
    it(`is ${count}`, () => {
      expect(isCount(count)).to.equal(true);
    });

  for (const other of [-1, 1.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN, Number.POSITIVE_INFINITY, '1', null])
    it(`is not ${JSON.stringify(other)} (${typeof other})`, () => {
      expect(isCount(other)).to.equal(false);
    });
});

describe('a text', () => {
  it('may be anything that can be written down', () => {
    for (const text of ['', 'a', '\u0000', '\ud83d\ude00']) expect(isText(text)).to.equal(true);
  });

  it('is no half of a character, and nothing else', () => {
    for (const text of ['\ud83d', 'a\ude00', 7, null, {}]) expect(isText(text)).to.equal(false);
  });
});
