import { expect } from 'chai';
import { NameColors, PALETTE } from '../../../../src/adapters/terminal/name-colors.js';
import { SPELLINGS } from '../../../support/spellings.js';

describe('colors of names', () => {
  const LEVELS = [0, 95, 135, 175, 215, 255];
  const rgb = (color: number) =>
    [36, 6, 1]
      .map(unit => LEVELS[Math.floor((color - 16) / unit) % 6] ?? 0)
      .map(level => {
        const share = level / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
  const luminance = (color: number) => {
    const [r = 0, g = 0, b = 0] = rgb(color);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  for (const color of PALETTE) {
    it(`can be read on black and on white: ${color}`, () => {
      expect((luminance(color) + 0.05) / 0.05).to.be.at.least(3);
      expect(1.05 / (luminance(color) + 0.05)).to.be.at.least(3);
    });
  }

  it('are the same for every spelling, and in every session', () => {
    const colors = new NameColors('256');
    for (const [one, other] of SPELLINGS) expect(colors.of(one), other).to.equal(colors.of(other));
    expect(new NameColors('256').of('carl')).to.equal(new NameColors('256').of('carl'));
    expect(new NameColors('mono').of('carl')).to.equal(undefined);
  });

  it('are spread over the palette', () => {
    const counts = new Map<number | undefined, number>();
    for (let n = 0; n < 1400; n += 1) {
      const color = new NameColors('256').of(`user${n}`);
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    expect(counts.size).to.equal(PALETTE.length);
    expect(Math.max(...counts.values())).to.be.below(180);
  });

  it('differ for those who are here, as long as there are colors, and are free again when somebody goes', () => {
    const colors = new NameColors('256');
    const names = [
      'anna',
      'dörte',
      'bert',
      'jürgen',
      ...Array.from({ length: PALETTE.length - 4 }, (_, n) => `u${n}`),
    ];
    expect(new Set(names.map(name => colors.of(name))).size).to.equal(PALETTE.length);
    const color = colors.of('bert');
    colors.left('bert');
    colors.left('nobody');
    expect(colors.of('new')).to.equal(color);
  });

  it('are given to more names than are kept', () => {
    const colors = new NameColors('16');
    for (let n = 0; n < 6000; n += 1) expect(colors.of(`user${n}`)).to.be.a('number');
  });
});
