import { expect } from 'chai';
import fc from 'fast-check';
import { ChatRoom } from '../../../src/domain/chat-room.js';
import { Refusal } from '../../../src/domain/refusal.js';
import { cpuMs } from '../../support/cpu-time.js';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'OK';
};

describe('ChatRoom', () => {
  let room: ChatRoom;
  beforeEach(() => {
    room = new ChatRoom();
  });

  it('lets a user join, speak and leave', () => {
    const joined = room.join(1, 'carl');
    const by = { session: 1, username: 'carl' };
    expect(joined).to.deep.equal({ type: 'UserJoined', ...by });
    expect(Array.from(room.users, user => user.username)).to.deep.equal(['carl']);
    expect(room.userOf(1)?.isNamed('carl')).to.equal(true);
    expect(room.send(1, 'carl', 'hi')).to.deep.equal({ type: 'MessageSent', ...by, content: 'hi' });
    expect(room.leave(1, 'carl')).to.deep.equal({ type: 'UserLeft', ...by });
    expect(room.size).to.equal(0);
    expect(room.userOf(1)).to.equal(undefined);
  });

  it('says with an event what it was told to: how to come back, and what the sender calls a message', () => {
    expect(room.join(1, 'carl', 'key')).to.include({ resumeKey: 'key' });
    expect(room.send(1, undefined, 'waves', { ref: '7', kind: 'action' })).to.include({
      username: 'carl',
      ref: '7',
      kind: 'action',
    });
  });

  it('says with a message for whom it is kept, as far as the last connection tells', () => {
    const room = new ChatRoom();
    room.join(1, 'carl');
    const { session } = room.userOf(1) ?? expect.fail();
    const connection = { owner: '@net', end: () => {} };
    expect(room.send(1, undefined, 'hi')).not.to.have.property('owner');
    session.connect(connection, 1);
    expect(room.send(1, undefined, 'hi')).to.include({ owner: '@net' });
    session.disconnect(connection);
    expect(session.owner).to.equal('@net');
    session.connect({ end: () => {} }, 2);
    expect(room.send(1, undefined, 'hi')).not.to.have.property('owner');
  });

  it('puts back who was there before, whatever the rules are now', () => {
    const strict = new ChatRoom({ maxUsernameLength: 3, maxMessageBytes: 10 });
    strict.restore(1, 'carl');
    expect(codeOf(() => strict.join(1, 'car'))).to.equal('ALREADY_JOINED');
    strict.restore(2, 'abc');
    expect(codeOf(() => strict.join(3, 'ABC'))).to.equal('NAME_TAKEN');
    expect(strict.send(1, undefined, 'hi').username).to.equal('carl');
  });

  it('gives a name to one user only, in whichever spelling', () => {
    room.join(1, 'carl');
    expect(codeOf(() => room.join(2, 'CARL'))).to.equal('NAME_TAKEN');
    expect(room.size).to.equal(1);
  });

  it('lets a session join once', () => {
    room.join(1, 'carl');
    expect(codeOf(() => room.join(1, 'david'))).to.equal('ALREADY_JOINED');
    expect(codeOf(() => room.join(2, 'david'))).to.equal('OK');
  });

  it('frees a name when its user leaves, and when its session ends', () => {
    room.join(1, 'carl');
    room.leave(1, 'carl');
    room.join(2, 'carl');
    room.leave(2);
    expect(codeOf(() => room.join(3, 'carl'))).to.equal('OK');
  });

  it('listens to nobody who has not joined', () => {
    expect(codeOf(() => room.send(1, 'carl', 'hi'))).to.equal('NOT_JOINED');
    expect(codeOf(() => room.leave(1, 'carl'))).to.equal('NOT_JOINED');
    expect(codeOf(() => room.leave(1))).to.equal('NOT_JOINED');
  });

  it('believes nobody who speaks or leaves as somebody else', () => {
    room.join(1, 'carl');
    room.join(2, 'mallory');
    expect(codeOf(() => room.send(2, 'carl', 'I am carl'))).to.equal('FOREIGN_NAME');
    expect(codeOf(() => room.leave(2, 'carl'))).to.equal('FOREIGN_NAME');
    expect(codeOf(() => room.send(1, 'carl', 'still here'))).to.equal('OK');
  });

  it('knows its user in another spelling, and names them as they joined', () => {
    room.join(1, 'Carl');
    expect(room.send(1, 'carl', 'hi').username).to.equal('Carl');
  });

  it('does not take long over a claim that is made to take long', () => {
    room.join(1, 'carl');
    const began = cpuMs();
    for (let n = 0; n < 1000; n++) {
      expect(codeOf(() => room.send(1, '\u0301\u0316'.repeat(2000), 'hi'))).to.equal('FOREIGN_NAME');
    }
    expect(cpuMs() - began).to.be.below(1000);
  });

  it('keeps to the limits it was given', () => {
    const strict = new ChatRoom({ maxUsernameLength: 3, maxMessageBytes: 2 });
    expect(codeOf(() => strict.join(1, 'carl'))).to.equal('NAME_TOO_LONG');
    strict.join(1, 'car');
    expect(codeOf(() => strict.send(1, 'car', 'abc'))).to.equal('MESSAGE_TOO_LONG');
    expect(codeOf(() => strict.send(1, 'car', ''))).to.equal('MESSAGE_EMPTY');
  });

  it('never has two users of one name or two names of one session, whatever happens', () => {
    const session = fc.integer({ min: 1, max: 4 });
    const name = fc.constantFrom('carl', 'Carl', 'david', 'lucio', 'admin');
    const step = fc.oneof(
      fc.record({ do: fc.constant('join' as const), session, name }),
      fc.record({ do: fc.constant('leave' as const), session, name: fc.option(name, { nil: undefined }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const tried = new ChatRoom();
        const model = new Map<number, string>();
        for (const { do: what, session, name } of steps) {
          const mine = model.get(session);
          const code = codeOf(() =>
            what === 'join' ? tried.join(session, name) : tried.leave(session, name),
          );
          if (what === 'leave') {
            const foreign = name !== undefined && name.toLowerCase() !== mine;
            expect(code).to.equal(mine === undefined ? 'NOT_JOINED' : foreign ? 'FOREIGN_NAME' : 'OK');
            if (code === 'OK') model.delete(session);
          } else {
            const taken = [...model.values()].includes(name.toLowerCase());
            const nameCode = name === 'admin' ? 'NAME_RESERVED' : taken ? 'NAME_TAKEN' : 'OK';
            expect(code).to.equal(mine === undefined ? nameCode : 'ALREADY_JOINED');
            if (code === 'OK') model.set(session, name.toLowerCase());
          }
          expect(tried.size).to.equal(model.size);
        }
      }),
    );
  });
});
