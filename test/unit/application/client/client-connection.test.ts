import { expect } from 'chai';
import sinon from 'sinon';
import type { ChatResponse } from '../../../../src/application/chat-response.js';
import { ClientConnection } from '../../../../src/application/client/client-connection.js';
import type { LinkEnd } from '../../../../src/application/client/ports.js';
import { joinedAs, ScriptedServer } from '../../../support/scripted.js';

const extended = { username: 'carl', extended: { attempt: 1 } };

describe('ClientConnection', () => {
  let server: ScriptedServer;
  let joined: number;
  let responses: ChatResponse[];
  let ends: LinkEnd[];

  beforeEach(() => {
    server = new ScriptedServer();
    joined = 0;
    responses = [];
    ends = [];
  });

  function connect(request: ConstructorParameters<typeof ClientConnection>[2] = extended): ClientConnection {
    return new ClientConnection(1, server.newLink(), request, {
      onUnproven: () => {},
      onJoined: () => joined++,
      onResponse: (_, response) => responses.push(response),
      onEnd: (_, end) => ends.push(end),
    });
  }

  /** The answer to a Join to which the server says this. */
  async function answerTo(...said: ChatResponse[]) {
    server.onJoin = link => link.says(...said);
    const connection = connect();
    await connection.open();
    return connection.answer;
  }

  it('joins, and passes on everything after that', async () => {
    const said = { type: 'Broadcast', memo: { username: 'david', content: 'hi' } } as const;
    expect(await answerTo(joinedAs('carl', {}), said)).to.deep.equal({ type: 'JOINED' });
    expect(joined).to.equal(1);
    expect(responses).to.deep.equal([said]);
  });

  describe('when it is challenged', () => {
    const challenge = { type: 'Challenge', nonce: 'nonce', server: '192.0.2.1:8081' } as const;
    const request = { username: 'carl', extended: { attempt: 1, key: 'key' } };
    const sign = async (text: string) => `<${text}>`;
    let unproven: string[][];
    beforeEach(() => {
      unproven = [];
    });

    async function challenged(
      said: readonly ChatResponse[],
      {
        signer = { sign },
        asked = request,
        peer = {},
      }: {
        signer?: { sign: (text: string) => Promise<string> } | undefined;
        asked?: ConstructorParameters<typeof ClientConnection>[2];
        peer?: { name?: string; isEncrypted?: boolean };
      } = {},
    ): Promise<ClientConnection> {
      server.onJoin = (link, { extended }) =>
        extended?.key === undefined ? link.says(joinedAs('carl', {})) : link.says(...said);
      const connection = new ClientConnection(
        1,
        server.newLink(),
        asked,
        {
          onUnproven: (...names) => unproven.push(names),
          onJoined: () => joined++,
          onResponse: (_, response) => responses.push(response),
          onEnd: (_, end) => ends.push(end),
        },
        signer,
      );
      server.link.peer = { name: '192.0.2.1:8081', isEncrypted: false, ...peer };
      await connection.open();
      return connection;
    }

    const proofs = () => server.link.commands;

    it('signs for this server, this nonce and this name, and joins', async () => {
      const connection = await challenged([challenge]);
      expect(await connection.answer).to.deep.equal({ type: 'JOINED' });
      expect(proofs()).to.deep.equal(['prove <v1\u0000192.0.2.1:8081\u0000nonce\u0000carl>']);
    });

    it('signs once, whatever the server asks for', async () => {
      server.onProve = link => link.says(challenge, challenge, joinedAs('carl', {}), challenge);
      const connection = await challenged([challenge, challenge]);
      await connection.answer;
      expect(proofs()).to.have.length(1);
      expect(responses).to.deep.equal([challenge]); // to somebody who is in, which is for others to pass over
    });

    it('signs nothing for another server, and joins without a proof on a plain line', async () => {
      const connection = await challenged([{ ...challenge, server: '192.0.2.2:8081' }]);
      expect(await connection.answer).to.deep.equal({ type: 'JOINED' });
      expect(proofs()).to.deep.equal([]);
      expect(unproven).to.deep.equal([['192.0.2.2:8081', '192.0.2.1:8081']]);
      expect(server.link.joinRequest).to.deep.equal({ username: 'carl', extended: { attempt: 1 } });
    });

    it('signs nothing for another server, nor joins, where the line has one name', async () => {
      const connection = await challenged([challenge], { peer: { name: 'pin', isEncrypted: true } });
      const answer = { type: 'NOT_PROVEN', why: 'FOREIGN', asked: challenge.server, reached: 'pin' };
      expect(await connection.answer).to.deep.equal(answer);
      expect(proofs()).to.deep.equal([]);
    });

    it('signs nothing for a server without a name', async () => {
      await (await challenged([{ ...challenge, server: '' }], { peer: { name: '' } })).answer;
      expect(proofs()).to.deep.equal([]);
      server.onOpen = () => {
        server.link.peer = undefined;
      };
      await (await challenged([{ ...challenge, server: '' }])).answer;
      expect(proofs()).to.deep.equal([]);
    });

    it('passes over it when it has given no key, or has none', async () => {
      for (const how of [{ asked: extended }, { signer: undefined }]) {
        server.onJoin = link => link.says(challenge);
        const connection = connect(how.asked ?? request);
        await connection.open();
        const silent = connection.answerWithin(5);
        expect(await silent).to.deep.equal({ type: 'NO_ANSWER' });
        expect(proofs()).to.deep.equal([]);
      }
    });

    it('says that the key could not be used', async () => {
      const problem = new Error('locked');
      const connection = await challenged([challenge], { signer: { sign: () => Promise.reject(problem) } });
      expect(await connection.answer).to.deep.equal({ type: 'NOT_PROVEN', why: 'NOT_SIGNED', problem });
    });

    it('proves nothing once it is closed', async () => {
      const signed = Promise.withResolvers<string>();
      const connection = await challenged([challenge], { signer: { sign: () => signed.promise } });
      connection.close();
      signed.resolve('late');
      await signed.promise;
      await Promise.resolve();
      expect(proofs()).to.deep.equal([]);
    });

    it('keeps the program for nothing once it has its answer', async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        await (await challenged([challenge])).answer;
        await Promise.resolve();
        expect(clock.countTimers()).to.equal(0);
      } finally {
        clock.restore();
      }
    });

    it('gives a person time to allow the signature', async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        const signed = Promise.withResolvers<string>();
        const connection = await challenged([challenge], { signer: { sign: () => signed.promise } });
        const answer = connection.answerWithin(1000);
        for (let n = 0; n < 5; n++) {
          await clock.tickAsync(1000);
          await new Promise(resolve => setImmediate(resolve));
        }
        signed.resolve('at last');
        expect(await answer).to.deep.equal({ type: 'JOINED' });
        await clock.tickAsync(5000);
      } finally {
        clock.restore();
      }
    });
  });

  it('passes over what others say before it has joined', async () => {
    const said = { type: 'Broadcast', memo: { username: 'david', content: 'hi' } } as const;
    await answerTo(said, { type: 'Pong', id: 1 }, joinedAs('carl', {}));
    expect(responses).to.deep.equal([]);
  });

  it('knows that the name is taken', async () => {
    const memo = { username: 'carl', content: 'Sorry' };
    expect(await answerTo({ type: 'Duplicate', memo })).to.deep.equal({ type: 'NAME_TAKEN' });
  });

  it('tells why it is refused, in every form in which a server says so', async () => {
    const reason = { type: 'REFUSED', reason: 'Reserved.' };
    const content = 'Reserved.';
    expect(await answerTo({ type: 'Refused', code: 'NAME_RESERVED', content })).to.deep.equal({
      ...reason,
      code: 'NAME_RESERVED',
    });
    expect(
      await answerTo({ type: 'Refused', code: 'TOO_MANY_JOINS', content, retryAfterMs: 1500 }),
    ).to.deep.equal({ ...reason, code: 'TOO_MANY_JOINS', retryAfterMs: 1500 });
    expect(await answerTo({ type: 'Broadcast', memo: { username: 'chatty', content } })).to.deep.equal(
      reason,
    );
    expect(await answerTo({ type: 'Closing', content, seq: 0 })).to.deep.equal(reason);
    expect(await answerTo({ type: 'Closing', end: 'LOST', content, seq: 0 })).to.deep.equal(reason);
  });

  it('hears nothing more after a refusal', async () => {
    const reason = { type: 'Refused', code: 'NAME_RESERVED', content: 'Reserved.' } as const;
    const memo = { username: 'carl', content: 'Sorry' };
    const answers: ChatResponse[] = [reason, { type: 'Duplicate', memo }, joinedAs('carl')];
    for (const answer of answers) {
      const { type } = await answerTo(answer, joinedAs('carl', {}), { type: 'Pong', id: 1 });
      expect(type).to.be.oneOf(['REFUSED', 'NAME_TAKEN', 'ENDED']);
    }
    expect(joined).to.equal(0);
    expect(responses).to.deep.equal([]);
  });

  it('ends as the server does', async () => {
    for (const end of ['SERVER_STOPPING', 'REPLACED'] as const)
      expect(await answerTo({ type: 'Closing', end, content: '', seq: 0 })).to.deep.equal({
        type: 'ENDED',
        end,
      });
  });

  it('is no chat after three responses that are not known, and passes none of them on', async () => {
    const unknown = Array.from({ length: 3 }, () => ({ type: 'Unknown', text: 'HTTP/1.1 400' }) as const);
    expect(await answerTo(...unknown)).to.deep.equal({ type: 'STRANGE' });
    expect(responses).to.deep.equal([]);
  });

  it('is not understood by a server that reads only the name', async () => {
    expect(await answerTo(joinedAs('carl'))).to.deep.equal({ type: 'ENDED', end: 'NOT_UNDERSTOOD' });
    expect(joined).to.equal(0);
  });

  it('joins in the basic form without a welcome', async () => {
    const connection = connect({ username: 'carl' });
    await connection.open();
    expect(await connection.answer).to.deep.equal({ type: 'JOINED' });
    expect(connection.isExtended).to.equal(false);
  });

  it('joins with nothing when it was closed before the line was open', async () => {
    const line = Promise.withResolvers<void>();
    server.onOpen = () => line.promise;
    const connection = connect();
    const open = connection.open();
    connection.close();
    line.resolve();
    await open;
    expect(server.link.joinRequest).to.equal(undefined);
    expect(await connection.answer).to.deep.equal({ type: 'ENDED', end: 'CLOSED' });
  });

  it('may be used from Joined to Leave, and is inside to its end', async () => {
    server.onLeave = () => {};
    const connection = connect();
    const states = () => [connection.isInside, connection.isOpen];
    expect(states()).to.deep.equal([false, false]);
    await connection.open();
    expect(states()).to.deep.equal([true, true]);
    connection.leave();
    expect(states()).to.deep.equal([true, false]);
    server.link.ends('CLOSED');
    server.link.ends('LOST');
    expect(states()).to.deep.equal([false, false]);
    expect(ends).to.deep.equal(['CLOSED']);
  });

  it('tells of no end before it has joined, nor of one of its own, and hears nothing after it', async () => {
    server.onJoin = link => link.ends('LOST');
    const lost = connect();
    await lost.open();
    expect(await lost.answer).to.deep.equal({ type: 'ENDED', end: 'LOST' });
    server = new ScriptedServer();
    const closed = connect();
    await closed.open();
    closed.close();
    closed.close();
    server.link.says({ type: 'Pong', id: 1 });
    expect(ends).to.deep.equal([]);
    expect(responses).to.deep.equal([]);
  });

  it('waits for an answer as long as it is told', async () => {
    const clock = sinon.useFakeTimers();
    try {
      server.onJoin = () => {};
      const connection = connect();
      await connection.open();
      const answer = connection.answerWithin(2000);
      await clock.tickAsync(2001);
      expect(await answer).to.deep.equal({ type: 'NO_ANSWER' });
      server.link.says(joinedAs('carl', {}));
      expect(await connection.answerWithin(2000)).to.deep.equal({ type: 'JOINED' });
      expect(clock.countTimers()).to.equal(0);
    } finally {
      clock.restore();
    }
  });
});
