import { expect } from 'chai';
import { TabCompletion } from '../../../../src/adapters/view/tab-completion.js';
import { SPELLINGS } from '../../../support/spellings.js';

describe('TabCompletion', () => {
  for (const [one, other] of SPELLINGS) {
    it(`knows ${one} and ${other} as one person, by any beginning of either`, () => {
      const completion = new TabCompletion([]);
      completion.here(one);
      completion.spoke(other);
      const letters = [...other.normalize('NFC')];
      for (let n = 1; n <= letters.length; n++)
        expect(completion.complete(`hi @${letters.slice(0, n).join('')}`), `${n}`).to.deep.equal([
          `@${other} `,
        ]);
      completion.left(one);
      expect(completion.complete(`hi ${other}`)).to.deep.equal([]);
    });
  }

  it('offers who spoke last first, with a colon where somebody is addressed', () => {
    const completion = new TabCompletion(['who', 'whisper']);
    for (const name of ['carl', 'Carla', 'david']) completion.here(name);
    completion.spoke('carl');
    expect(completion.complete('ca')).to.deep.equal(['carl: ', 'Carla: ']);
    expect(completion.complete('/search from:DA')).to.deep.equal(['from:david ']);
    expect(completion.complete('/WH')).to.deep.equal(['/who ', '/whisper ']);
    expect(completion.complete('')).to.deep.equal([]);
  });
});
