import { expect } from 'chai';
import { KnownSessions } from '../../../../src/adapters/memory/known-sessions.js';

describe('KnownSessions', () => {
  let sessions: KnownSessions;
  const carl = { session: 1, username: 'carl', resumeKey: 'key1' };
  beforeEach(() => {
    sessions = new KnownSessions();
  });

  it('finds a session by its key, in the room and when it has left', () => {
    sessions.join(carl);
    expect(sessions.withKey('key1')).to.equal(carl);
    sessions.leave(1, 7);
    expect(sessions.withKey('key1')).to.equal(carl);
    expect(sessions.withKey('key2')).to.equal(undefined);
  });

  it('forgets what left before a place, and nobody who is in the room', () => {
    for (const [session, seq] of [
      [1, 7],
      [2, 8],
      [3, undefined],
    ] as const) {
      sessions.join({ session, username: `user${session}`, resumeKey: `key${session}` });
      if (seq !== undefined) sessions.leave(session, seq);
    }
    sessions.forgetLeftBefore(8);
    expect(['key1', 'key2', 'key3'].map(key => sessions.withKey(key)?.session)).to.deep.equal([
      undefined,
      2,
      3,
    ]);
  });

  it('does not forget one that has come back', () => {
    sessions.join(carl);
    sessions.leave(1, 7);
    sessions.join(carl);
    sessions.forgetLeftBefore(100);
    expect(sessions.withKey('key1')).to.equal(carl);
  });

  it('forgets the old key of one that has come back with another', () => {
    sessions.join(carl);
    sessions.leave(1, 7);
    sessions.join({ ...carl, resumeKey: 'other' });
    expect(sessions.withKey('key1')).to.equal(undefined);
    expect(sessions.withKey('other')).to.include({ session: 1 });
  });

  it('keeps the last ten thousand that left, and counts none that cannot be resumed', () => {
    for (let session = 1; session <= 10_001; session++) {
      sessions.join({ session, username: `user${session}`, resumeKey: `key${session}` });
      sessions.leave(session, session);
      sessions.join({ session: -session, username: 'basic' });
      sessions.leave(-session, session);
    }
    expect(sessions.withKey('key1')).to.equal(undefined);
    expect(sessions.withKey('key2')).to.include({ session: 2 });
  });
});
