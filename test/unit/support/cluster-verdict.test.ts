import { expect } from 'chai';
import { type Outside, problemsOf, type Told, type Witness } from '../../support/cluster-verdict.js';

const said = (seq: number, username: string, n: number): Told => ({
  ...{ seq, kind: 'message', username, content: `${username} ${n}` },
});
const came = (seq: number, username: string, kind = 'joined'): Told => ({ seq, kind, username, content: '' });

const HISTORY = [said(3, 'carl', 1), said(4, 'david', 1), said(6, 'carl', 2)];

const carl: Witness = {
  name: 'carl',
  told: [came(2, 'david'), said(4, 'david', 1), came(5, 'lucio')],
  accepted: [
    { content: 'carl 1', seq: 3 },
    { content: 'carl 2', seq: 6 },
  ],
  refused: ['carl 3'],
  ...{ unsent: 0, complaints: [] },
};

const david: Witness = {
  name: 'david',
  told: [said(3, 'carl', 1), came(5, 'lucio'), said(6, 'carl', 2)],
  accepted: [{ content: 'david 1', seq: 4 }],
  ...{ refused: [], unsent: 0, complaints: [] },
};

const WELL: Outside = {
  witnesses: [carl, david],
  visitors: [{ name: 'visitor', heard: ['david: david 1', 'carl: carl 2'] }],
  races: [{ username: 'lucio', joined: [5] }],
  histories: [HISTORY, HISTORY, HISTORY],
  present: [
    ['carl', 'david'],
    ['david', 'carl'],
  ],
};

const withDavid = (more: Partial<Witness>): Partial<Outside> => ({
  witnesses: [carl, { ...david, ...more }],
});

describe('what is wrong with a room on several servers', () => {
  it('is nothing, where all saw the same', () => {
    expect(problemsOf(WELL)).to.deep.equal([]);
  });

  for (const [what, other] of Object.entries<Partial<Outside>>({
    'a server that has two messages in another order': {
      histories: [HISTORY, [said(3, 'david', 1), said(4, 'carl', 1), said(6, 'carl', 2)]],
    },
    'a server that lacks the last message': { histories: [HISTORY, HISTORY.slice(0, 2)] },
    'a server that has somebody whom the others have not': { present: [['carl'], ['carl', 'david']] },
    'somebody who missed a message': withDavid({ told: [said(3, 'carl', 1)] }),
    'somebody who was told one twice': withDavid({
      told: [said(3, 'carl', 1), said(3, 'carl', 1), said(6, 'carl', 2)],
    }),
    'somebody who was told things in another order': withDavid({
      told: [said(3, 'carl', 1), said(6, 'carl', 2), came(5, 'lucio')],
    }),
    'somebody who was told something that nobody said': withDavid({
      told: [said(3, 'carl', 1), said(5, 'carl', 7), said(6, 'carl', 2)],
    }),
    'an acknowledged message that is lost': withDavid({
      accepted: [...david.accepted, { content: 'david 2', seq: 7 }],
    }),
    'an acknowledged message that has another place': withDavid({
      accepted: [{ content: 'david 1', seq: 5 }],
    }),
    'a message that is recorded twice': {
      histories: [[...HISTORY, said(7, 'david', 1)]],
      witnesses: [{ ...carl, told: [...carl.told, said(7, 'david', 1)] }, david],
    },
    'messages of one that are in another order': {
      histories: [[said(3, 'carl', 2), said(4, 'david', 1), said(6, 'carl', 1)]],
      witnesses: [{ ...carl, accepted: [] }],
      visitors: [],
    },
    'a message that was refused and is there': withDavid({ refused: ['david 1'] }),
    'a message that was never answered': withDavid({ unsent: 1 }),
    'what somebody complains of': withDavid({ complaints: ['was told of a gap'] }),
    'a visitor who missed a message': {
      visitors: [{ name: 'visitor', heard: ['carl: carl 1', 'carl: carl 2'] }],
    },
    'a visitor who heard what nobody said': { visitors: [{ name: 'visitor', heard: ['carl: carl 9'] }] },
    'two who got one name with one join': { races: [{ username: 'lucio', joined: [5, 5] }] },
    'a name that was got without anybody being told': {
      races: [{ username: 'lucio', joined: [4] }],
      witnesses: [david],
    },
  }))
    it(`is ${what}`, () => {
      expect(problemsOf({ ...WELL, ...other })).not.to.deep.equal([]);
    });

  it('is a name that joins twice without having left in between', () => {
    const twice = (between: readonly Told[]) => ({
      ...WELL,
      witnesses: [{ ...carl, told: [...carl.told, ...between, came(9, 'lucio')] }],
    });
    expect(problemsOf(twice([]))).to.have.length(1);
    expect(problemsOf(twice([came(8, 'lucio', 'left')]))).to.deep.equal([]);
  });
});
