import { expect } from 'chai';
import sinon from 'sinon';
import type { Item } from '../../../../../src/application/server/cluster/entry.js';
import type { Proposals } from '../../../../../src/application/server/cluster/proposals.js';
import { RoomServers } from '../../../../../src/application/server/cluster/room-servers.js';
import { ServerMembership } from '../../../../../src/application/server/cluster/server-membership.js';
import { Refusal } from '../../../../../src/domain/refusal.js';
import { MemoryBroker, MemoryJournal } from '../../../../doubles/memory-journal.js';
import { MemoryLogger } from '../../../../doubles/memory-logger.js';

describe('ServerMembership', () => {
  let clock: sinon.SinonFakeTimers;
  let journal: MemoryJournal;
  let find: sinon.SinonStub;
  let servers: RoomServers;
  let begun: [string, readonly Item[]][];
  let propose: sinon.SinonStub;
  let logger: MemoryLogger;
  let owns: string[];
  let cutOffs: number;
  let membership: ServerMembership;

  const create = (log?: MemoryLogger) => {
    let incarnations = 0;
    const proposals = { begin: (by: string, first: readonly Item[]) => begun.push([by, first]), propose };
    return new ServerMembership(
      journal,
      proposals as unknown as Proposals,
      () => servers,
      { rules: 'mine', name: 'self', newIncarnation: () => `self-${++incarnations}`, waitMs: () => 7000 },
      own => owns.push(own),
      () => cutOffs++,
      log,
    );
  };

  beforeEach(async () => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    journal = new MemoryJournal(new MemoryBroker());
    await journal.open();
    find = sinon.stub(journal, 'find').resolves('GONE');
    servers = new RoomServers();
    begun = [];
    owns = [];
    cutOffs = 0;
    propose = sinon.stub().resolves('DONE');
    logger = new MemoryLogger();
    membership = create(logger);
  });
  afterEach(() => {
    membership.close();
    clock.restore();
    sinon.restore();
  });

  const up = (incarnation: string, rules = 'mine') => {
    servers.add(incarnation, { name: incarnation, rules });
    return { type: 'up', incarnation, name: incarnation } as const;
  };
  const down = (incarnation: string) => {
    servers.end(incarnation);
    return { type: 'down', incarnation, name: incarnation } as const;
  };
  const UP = { type: 'ServerUp', rules: 'mine', name: 'self', waitMs: 7000 };

  it('comes beside servers of the same rules, with what has to be so', async () => {
    up('other');
    const erased = { type: 'MessageErased', seq: 1 } as const;
    await membership.join([erased]);
    expect(find.callCount).to.equal(0);
    expect(begun).to.deep.equal([['self-1', [UP, erased]]]);
    expect(owns).to.deep.equal(['self-1']);
    expect(membership.own).to.equal('self-1');
  });

  it('does not come beside one of other rules, but puts out one that is gone', async () => {
    up('old', 'others');
    await membership.join([]);
    expect(begun[0]?.[1]).to.deep.equal([UP, { type: 'ServerDown', incarnation: 'old' }]);
    find.resolves('HERE');
    const failure = await create()
      .join([])
      .catch(error => error);
    expect(failure).to.include({ code: 'OTHER_RULES', path: 'old' });
  });

  it('comes again under another name when it was taken for dead, and not when it leaves', async () => {
    await membership.join([]);
    membership.heard(up('self-1'));
    membership.heard(down('self-1'));
    expect(begun.map(([by]) => by)).to.deep.equal(['self-1', 'self-2']);
    await membership.leave();
    expect(propose.lastCall.args).to.deep.equal([{ type: 'ServerDown', incarnation: 'self-2' }]);
    membership.heard(down('self-2'));
    expect(begun).to.have.length(2);
    expect(logger.entries).to.have.length(1);
  });

  it('says who comes and goes, and by which rules, if there is anybody to say it to', async () => {
    await membership.join([]);
    const silent = create();
    const news = [
      up('same'),
      up('odd', 'others'),
      { ...up('forgotten'), incarnation: 'unknown' },
      down('same'),
    ];
    for (const each of [membership, silent])
      for (const one of [...news, { type: 'epoch', epoch: 'e' } as const]) each.heard(one);
    await silent.join([]).catch(() => {});
    silent.heard(down(silent.own));
    silent.close();
    expect(logger.entries.map(({ message }) => message)).to.deep.equal([
      'another server has come',
      'another server has come',
      'another server goes by other rules',
      'another server has come',
      'another server has gone',
    ]);
  });

  it('puts out whoever is silent, once until that is decided, and again when it is refused', async () => {
    up('other');
    await membership.join([]);
    propose.rejects(new Refusal('NOT_RECORDED'));
    await clock.tickAsync(3250);
    const asked = propose.callCount;
    expect(asked).to.be.above(1);
    expect(propose.lastCall.args).to.deep.equal([{ type: 'ServerDown', incarnation: 'other' }]);
    propose.returns(new Promise(() => {}));
    await clock.tickAsync(2000);
    expect(propose.callCount).to.equal(asked + 1);
    membership.heard(down('other'));
    await clock.tickAsync(2000);
    expect(propose.callCount).to.equal(asked + 1);
  });

  it('says once that it is cut off, while it is', async () => {
    await membership.join([]);
    const silent = create();
    await silent.join([]);
    journal.connectedSince = undefined;
    await clock.tickAsync(60_000);
    expect([membership.isCutOff, cutOffs]).to.deep.equal([true, 2]);
    journal.connectedSince = performance.now();
    await clock.tickAsync(1000);
    expect([membership.isCutOff, cutOffs]).to.deep.equal([false, 2]);
    journal.trouble = 'Authorization Violation';
    journal.connectedSince = undefined;
    await clock.tickAsync(20_000);
    const errors = logger.entries.filter(({ level }) => level === 'error');
    expect(errors.map(({ fields }) => fields)).to.deep.equal([{}, { err: 'Authorization Violation' }]);
    silent.close();
  });
});
