import { expect } from 'chai';
import sinon from 'sinon';
import type { ClaimRegister } from '../../../../src/application/server/claim-register.js';
import { LoseName } from '../../../../src/application/server/lose-name.js';
import { NameOwnership } from '../../../../src/application/server/name-ownership.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';
import { openRegister } from '../../../support/claims.js';
import { TestKey } from '../../../support/keys.js';
import { OpenedRoom, type Visitor } from '../../../support/use-cases.js';
import { said } from '../../../support/wire-client.js';

describe('LoseName', () => {
  let opened: OpenedRoom;
  let claims: ClaimRegister;
  let loseName: LoseName;
  let logger: MemoryLogger;
  let carl: Visitor;
  let david: Visitor;

  beforeEach(async () => {
    opened = await OpenedRoom.open();
    claims = await openRegister();
    logger = new MemoryLogger();
    loseName = new LoseName(opened.room, opened.roomLog, new NameOwnership(claims), logger);
    carl = await opened.join('carl');
    david = await opened.join('david');
  });
  afterEach(() => opened.close());

  const user = () => opened.room.userOf(carl.session) ?? expect.fail('carl is not here');

  it('happens to who is here without being the owner', async () => {
    expect(await loseName.isLost(user())).to.equal(false);
    await claims.assign('carl', new TestKey().key);
    expect(await loseName.isLost(user())).to.equal(true);
  });

  it('happens to nobody where names belong to nobody', async () => {
    const { room, roomLog } = opened;
    expect(await new LoseName(room, roomLog, new NameOwnership()).isLost(user())).to.equal(false);
  });

  it('hangs up, frees the name, and tells the others and the operator', async () => {
    await loseName.execute(user());
    expect(carl.ends).to.deep.equal(['REPLACED']);
    expect(Array.from(opened.room.users, ({ username }) => username)).to.deep.equal(['david']);
    expect(david.heard).to.deep.equal([said('carl', 'Left')]);
    const [{ message, fields } = expect.fail()] = logger.entries;
    expect([message, fields.session, fields.reason]).to.deep.equal([
      'session ended',
      carl.session,
      'NAME_CLAIMED',
    ]);
  });

  it('does nothing to who has left, or has come again', async () => {
    const before = user();
    await opened.leave(carl);
    const append = sinon.spy(opened.roomLog, 'append');
    await loseName.execute(before);
    await opened.join('carl');
    await loseName.execute(before);
    expect(append.args.map(([{ type }]) => type)).to.deep.equal(['UserJoined']);
  });
});
