import { expect } from 'chai';
import { Members } from '../../../src/domain/members.js';
import { Refusal } from '../../../src/domain/refusal.js';

interface Member {
  readonly id: number;
  readonly username: string;
}

describe('Members', () => {
  const carl = { id: 1, username: 'Carl' };
  const david = { id: 2, username: 'david' };
  let members: Members<Member>;

  beforeEach(() => {
    members = new Members<Member>(({ id }) => id);
    members.admit(carl);
    members.admit(david);
  });

  it('are found by their session, and listed in the order in which they came', () => {
    expect([...members]).to.deep.equal([carl, david]);
    expect(members.size).to.equal(2);
    expect(members.get(2)).to.equal(david);
    expect(members.get(3)).to.equal(undefined);
  });

  it('have each a name of their own, whatever the spelling', () => {
    const other = { id: 3, username: 'cARL' };
    expect(members.objectionTo(other)).to.be.an.instanceOf(Refusal).and.include({ code: 'NAME_TAKEN' });
    expect(() => members.admit(other)).to.throw(Refusal, 'NAME_TAKEN');
    expect([...members]).to.deep.equal([carl, david]);
  });

  it('are never taken for each other', () => {
    for (const username of ['CarI', 'carl.', 'сarl']) {
      const objection = members.objectionTo({ id: 3, username });
      expect(objection).to.be.an.instanceOf(Refusal).and.include({ code: 'NAME_RESEMBLES' });
      expect(objection?.details).to.deep.equal({ resembled: 'Carl' });
    }
    members.remove(1);
    expect(members.objectionTo({ id: 3, username: 'CarI' })).to.equal(undefined);
  });

  it('that look alike from before keep their names, and each look is free when both are gone', () => {
    const old = { id: 3, username: 'carI' };
    members.restore(old);
    members.remove(1);
    expect(members.objectionTo({ id: 4, username: 'carl' })?.details).to.deep.equal({ resembled: 'carI' });
    members.restore(carl);
    members.remove(3);
    members.remove(1);
    expect(members.objectionTo({ id: 4, username: 'carI' })).to.equal(undefined);
  });

  it('are in the room once', () => {
    expect(() => members.admit({ id: 1, username: 'amy' })).to.throw(Refusal, 'ALREADY_JOINED');
    expect(members.objectionTo({ id: 1, username: 'carl' })?.code).to.equal('NAME_TAKEN');
  });

  it('free their name and their session when they are removed', () => {
    expect(members.remove(1)).to.equal(carl);
    expect(members.remove(1)).to.equal(undefined);
    expect(members.objectionTo({ id: 1, username: 'CARL' })).to.equal(undefined);
    members.admit({ id: 3, username: 'carl' });
    expect(members.size).to.equal(2);
  });

  it('are put back without a question', () => {
    members.remove(1);
    members.restore(carl);
    expect(members.get(1)).to.equal(carl);
    expect(() => members.admit({ id: 3, username: 'carl' })).to.throw(Refusal, 'NAME_TAKEN');
  });
});
