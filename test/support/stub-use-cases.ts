import sinon from 'sinon';
import type { Handshake } from '../../src/application/server/handshake.js';
import { UseCases } from '../../src/application/server/use-cases.js';

/** The session for which a connection speaks that has joined. */
export const SESSION = 7;

/** Use cases that let everybody do everything, and keep how they were called. */
export function stubUseCases() {
  const stubs = {
    joinUser: sinon.stub<[Handshake], Promise<number>>().callsFake(async handshake => {
      handshake.joined(handshake.request.username);
      return SESSION;
    }),
    sendMessage: sinon.stub().callsFake(async (_, message) => ({ ...message, seq: 1, at: 2 })),
    leaveUser: sinon.stub().resolves(),
    disconnectUser: sinon.stub(),
    proveKey: sinon.stub().resolves(undefined),
    answerRequest: sinon.stub().resolves({ type: 'Users', users: ['carl'], away: new Set() }),
  };
  const useCases = new UseCases(
    { execute: stubs.joinUser },
    { execute: stubs.sendMessage },
    { execute: stubs.leaveUser },
    { execute: stubs.disconnectUser },
    { execute: stubs.answerRequest },
    { execute: stubs.proveKey },
  );
  return { ...stubs, useCases };
}

/** Who joins in the extended form from now on is told for how long it may be silent. */
export function tellSilence({ joinUser }: ReturnType<typeof stubUseCases>, silenceMs: number): void {
  const welcome = {
    ...{ resume: 'token', resumed: false, epoch: 'e', seq: 0, head: 0, users: [], count: 1 },
    ...{ graceMs: 0, silenceMs, maxMessageBytes: 4096 },
  };
  joinUser.callsFake(async ({ request: { username, extended }, joined }) => {
    joined(username, extended && welcome);
    return SESSION;
  });
}
