import { expect } from 'chai';
import sinon from 'sinon';
import { MAX_ANSWER } from '../../../../src/application/chat-request.js';
import { AnswerRequest } from '../../../../src/application/server/answer-request.js';
import { ChatRoom } from '../../../../src/domain/chat-room.js';
import { Recording } from '../../../support/events.js';
import { refusalOf } from '../../../support/room-logs.js';

describe('AnswerRequest', () => {
  const messages = [new Recording().sent(1, 'carl', 'hi')];
  const connection = { end: () => {} };
  let room: ChatRoom;
  let roomLog: { settled: sinon.SinonStub; messagesBefore: sinon.SinonStub; search: sinon.SinonStub };
  const keys = { username: 'carl', keys: ['SHA256:one'], own: 'SHA256:one' };
  const changeKeys = { execute: sinon.stub().resolves(keys) };
  const moderateRoom = {
    execute: sinon.stub().resolves({ action: 'topic', targets: [], topic: 'tea' }),
    list: sinon.stub().returns({ measures: [], count: 0 }),
  };
  let answerRequest: AnswerRequest;

  beforeEach(() => {
    room = new ChatRoom();
    roomLog = {
      settled: sinon.stub().resolves(),
      messagesBefore: sinon.stub().resolves(messages),
      search: sinon.stub().resolves(messages),
    };
    answerRequest = new AnswerRequest(room, roomLog, changeKeys, moderateRoom);
  });

  it('lets operators keep order', async () => {
    expect(await answerRequest.execute(1, { type: 'moderate', action: 'topic' })).to.deep.equal({
      ...{ type: 'Moderated', action: 'topic', targets: [], topic: 'tea' },
    });
    expect(moderateRoom.execute.args).to.deep.equal([[1, { action: 'topic' }]]);
    expect(await answerRequest.execute(1, { type: 'bans' })).to.deep.equal({
      ...{ type: 'Bans', measures: [], count: 0 },
    });
  });

  it('names the users in the order in which they joined, and those whose connection is down', async () => {
    for (const [session, name] of ['carl', 'david', 'amy'].entries()) room.join(session, name);
    for (const session of [0, 1]) room.userOf(session)?.session.connect(connection, 1);
    room.userOf(1)?.session.disconnect(connection);
    expect(await answerRequest.execute(1, { type: 'who' })).to.deep.equal({
      type: 'Users',
      users: ['carl', 'david', 'amy'],
      away: new Set(['david']),
    });
  });

  it('names those who have proven their names', async () => {
    for (const [session, name] of ['carl', 'david'].entries()) room.join(session, name);
    room.userOf(1)?.session.verify('a key');
    expect(await answerRequest.execute(1, { type: 'who' })).to.deep.include({ verified: new Set(['david']) });
  });

  for (const request of [
    { type: 'keys' },
    { type: 'addKey', key: 'another' },
    { type: 'removeKey', key: 'another' },
  ] as const)
    it(`passes ${request.type} on, of the session that asks`, async () => {
      expect(await answerRequest.execute(1, request)).to.deep.equal({ type: 'Keys', ...keys });
      expect(changeKeys.execute.lastCall.args).to.deep.equal([1, request]);
    });

  it('says who is here as far as it is known when nothing can be recorded for long', async () => {
    const clock = sinon.useFakeTimers();
    roomLog.settled.returns(new Promise(() => {}));
    const asking = answerRequest.execute(1, { type: 'who' });
    await clock.tickAsync(1000);
    clock.restore();
    expect(await asking).to.have.property('type', 'Users');
  });

  it('does not name a user whose join is not recorded in the end', async () => {
    room.join(1, 'carl');
    roomLog.settled.callsFake(async () => room.leave(1));
    expect(await answerRequest.execute(1, { type: 'who' })).to.deep.include({ users: [] });
  });

  it('gives the newest messages, or those before one of them', async () => {
    expect(await answerRequest.execute(1, { type: 'history', limit: 5 })).to.deep.equal({
      type: 'History',
      messages,
    });
    await answerRequest.execute(1, { type: 'history', limit: 5, before: 9 });
    expect(roomLog.messagesBefore.args).to.deep.equal([
      [Number.MAX_SAFE_INTEGER, 5],
      [9, 5],
    ]);
  });

  it('searches for what is asked', async () => {
    const query = { words: 'tea', from: 'carl', since: 1, until: 2, before: 3 };
    expect(await answerRequest.execute(1, { type: 'search', limit: 7, ...query })).to.deep.equal({
      type: 'Found',
      messages,
    });
    expect(roomLog.search.args).to.deep.equal([[{ ...query, limit: 7 }]]);
  });

  it('refuses to search for signs alone', async () => {
    const asking = answerRequest.execute(1, { type: 'search', words: ':)', from: 'carl', limit: 7 });
    expect(await refusalOf(asking)).to.equal('SEARCH_SIGNS');
    expect(roomLog.search.called).to.equal(false);
  });

  it('never gives more messages than an answer may have', async () => {
    await answerRequest.execute(1, { type: 'history', limit: MAX_ANSWER + 1 });
    await answerRequest.execute(1, { type: 'search', words: '', limit: 1e9 });
    expect(roomLog.messagesBefore.firstCall.args[1]).to.equal(MAX_ANSWER);
    expect(roomLog.search.firstCall.args[0]).to.include({ limit: MAX_ANSWER });
  });
});
