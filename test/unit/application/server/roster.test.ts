import { expect } from 'chai';
import { Roster } from '../../../../src/application/server/roster.js';
import { joined } from '../../../support/room-logs.js';

describe('Roster', () => {
  let roster: Roster;

  beforeEach(() => {
    roster = new Roster();
    roster.restore({ session: 1, username: 'carl', resumeKey: 'key' });
  });

  it('refuses a name that is taken, and a session that has joined', () => {
    expect(roster.join(joined(2, 'CARL'))?.code).to.equal('NAME_TAKEN');
    expect(roster.join(joined(1, 'david'))?.code).to.equal('ALREADY_JOINED');
    expect(roster.join(joined(2, 'david'))).to.equal(undefined);
  });

  it('undoes joins and leaves, the last one first', () => {
    roster.leave(1);
    roster.join(joined(2, 'carl'));
    roster.leave(2);
    roster.join(joined(3, 'carl'));
    roster.undo();
    expect(roster.join(joined(4, 'carl'))?.code).to.equal('NAME_TAKEN');
    roster.leave(1);
    expect(roster.join(joined(4, 'carl'))).to.equal(undefined);
  });

  it('undoes nothing that is kept', () => {
    roster.leave(1);
    roster.keep();
    roster.undo();
    expect(roster.join(joined(2, 'carl'))).to.equal(undefined);
  });

  it('does not mind the leave of a session that is not in the room', () => {
    roster.leave(9);
    roster.undo();
    expect(roster.join(joined(9, 'david'))).to.equal(undefined);
  });
});
