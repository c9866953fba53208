import { expect } from 'chai';
import sinon from 'sinon';
import type { ChatResponse } from '../../../../src/application/chat-response.js';
import type { JoinAnswer } from '../../../../src/application/client/client-connection.js';
import { Connector } from '../../../../src/application/client/connector.js';
import { ConnectFailure, type LinkEnd } from '../../../../src/application/client/ports.js';
import { admit, joinedAs, ScriptedServer } from '../../../support/scripted.js';

type Signer = ConstructorParameters<typeof Connector>[4];

const duplicate: ChatResponse = { type: 'Duplicate', memo: { username: 'carl', content: 'Sorry' } };

describe('Connector', () => {
  let clock: sinon.SinonFakeTimers;
  let server: ScriptedServer;
  let connector: Connector;
  let answer: JoinAnswer | undefined;
  let error: unknown;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    server = new ScriptedServer();
    connector = newConnector();
    answer = undefined;
    error = undefined;
  });
  afterEach(() => {
    connector.close();
    clock.restore();
  });

  function newConnector(joinTimeoutMs?: number, signer?: Signer): Connector {
    const listener = {
      onJoined: () => {},
      onUnproven: () => {},
      onOtherKey: () => {},
      onResponse: () => {},
      onEnd: () => {},
    };
    return new Connector(
      server.newLink,
      () => ({ username: 'carl', history: 20, resume: 'mine' }),
      listener,
      joinTimeoutMs,
      signer,
    );
  }

  /** Keeps what becomes of an attempt. */
  async function watch(attempt: Promise<JoinAnswer>) {
    void attempt.then(
      result => {
        answer = result;
      },
      (thrown: unknown) => {
        error = thrown;
      },
    );
    await pass(0);
  }

  const pass = (ms: number) => clock.tickAsync(ms);
  const closed = () => server.links.map(link => link.isClosed);

  /** A server of the basic form, which does not understand an extended Join. */
  function knowsOnlyBasic(end: LinkEnd | undefined) {
    server.onJoin = (link, { username, extended }) => {
      if (extended === undefined) link.says(joinedAs(username));
      else if (end !== undefined) link.ends(end);
    };
  }

  it('gives its key, and tells once that nothing was signed for a server that calls itself otherwise', async () => {
    const unproven: string[][] = [];
    const listener = {
      onJoined: () => {},
      onUnproven: (...names: string[]) => unproven.push(names),
      onOtherKey: () => {},
      onResponse: () => {},
      onEnd: () => {},
    };
    const signer = { publicKey: 'key', sign: async () => 'signature' };
    connector = new Connector(server.newLink, () => ({ username: 'carl' }), listener, undefined, signer);
    const keys: (string | undefined)[] = [];
    server.onJoin = (link, request) => {
      keys.push(request.extended?.key);
      if (request.extended?.key === undefined) admit(link, request);
      else link.says({ type: 'Challenge', nonce: 'nonce', server: 'another' });
    };
    await connector.enter();
    await connector.again();
    expect(keys).to.deep.equal(['key', undefined, 'key', undefined]);
    expect(unproven).to.deep.equal([['another', '192.0.2.1:8081']]);
  });

  it('asks for the extended form', async () => {
    expect(await connector.enter()).to.deep.equal({ type: 'JOINED' });
    expect(server.link.joinRequest).to.deep.equal({
      username: 'carl',
      extended: { history: 20, resume: 'mine', attempt: 1 },
    });
  });

  for (const [linkEnd, links] of [
    ['NOT_UNDERSTOOD', 2],
    ['NOT_CHATTY', 3],
    ['LOST', 3],
  ] as const) {
    it(`takes the basic form with a server that hangs up: ${linkEnd}`, async () => {
      knowsOnlyBasic(linkEnd);
      expect(await connector.enter()).to.deep.equal({ type: 'JOINED' });
      expect(server.links).to.have.length(links);
      expect(server.link.joinRequest).to.deep.equal({ username: 'carl' });
    });
  }

  it('does not take a connection that broke for a server that does not understand', async () => {
    server.onJoin = (link, request) => {
      if (server.links.length === 1) link.ends('LOST');
      else admit(link, request);
    };
    expect(await connector.enter()).to.deep.equal({ type: 'JOINED' });
    expect(server.links.map(link => link.joinRequest?.extended?.attempt)).to.deep.equal([1, 2]);
  });

  it('tries the extended form again the next time, with a server that did not understand it', async () => {
    knowsOnlyBasic('NOT_UNDERSTOOD');
    await connector.enter();
    server.onJoin = admit;
    expect(await connector.again()).to.deep.equal({ type: 'JOINED' });
    expect(server.link.joinRequest?.extended).to.include({ attempt: 3 });
  });

  it('takes the basic form with a server that reads the name and passes over the rest', async () => {
    server.onJoin = (link, { username }) => link.says(joinedAs(username));
    await connector.enter();
    expect(closed()).to.deep.equal([true, false]);
    expect(server.link.joinRequest).to.deep.equal({ username: 'carl' });
  });

  it('takes the basic form with a server that says nothing for 2 s', async () => {
    knowsOnlyBasic(undefined);
    await watch(connector.enter());
    await pass(1999);
    expect(server.links).to.have.length(1);
    await pass(2);
    expect(answer).to.deep.equal({ type: 'JOINED' });
    expect(closed()).to.deep.equal([true, false]);
  });

  it('stays in the extended form with a server that was only slow', async () => {
    server.onJoin = () => {};
    await watch(connector.enter());
    await pass(2500);
    server.links[0]?.says(joinedAs('carl', {}));
    await pass(0);
    expect(answer).to.deep.equal({ type: 'JOINED' });
    expect(closed()).to.deep.equal([false, true]);
    server.onJoin = admit;
    await connector.again();
    expect(server.link.joinRequest?.extended).to.include({ attempt: 3 });
  });

  it('does not take itself for somebody else, when the slow server admits the first Join', async () => {
    server.onJoin = (link, { extended }) => {
      if (extended === undefined) link.says(duplicate);
    };
    await watch(connector.enter());
    await pass(2500);
    expect(answer).to.equal(undefined);
    server.links[0]?.says(joinedAs('carl', {}));
    await pass(1000);
    expect(answer).to.deep.equal({ type: 'JOINED' });
  });

  it('is not refused its own name, when the slow server takes its proof on the first connection', async () => {
    const signer = { publicKey: 'key', sign: async () => 'signature' };
    connector = newConnector(undefined, signer);
    server.onJoin = (link, { extended }) => {
      if (extended === undefined) link.says({ type: 'Refused', code: 'NAME_CLAIMED', content: 'not yours' });
    };
    await watch(connector.enter());
    await pass(2500);
    expect(answer).to.equal(undefined);
    server.links[0]?.says({ type: 'Challenge', nonce: 'nonce', server: '192.0.2.1:8081' });
    await pass(1000);
    expect(answer).to.deep.equal({ type: 'JOINED' });
    expect(server.links.map(link => link.isClosed)).to.deep.equal([false, true]);
  });

  it('knows that the name is taken, in either form', async () => {
    server.onJoin = link => link.says(duplicate);
    expect(await connector.enter()).to.deep.equal({ type: 'NAME_TAKEN' });
    server.onJoin = (link, { extended }) => {
      if (extended === undefined) link.says(duplicate);
    };
    await watch(connector.enter());
    await pass(11_000);
    expect(answer).to.deep.equal({ type: 'NAME_TAKEN' });
  });

  it('is told why nobody can come in, not that the name is taken which its own first Join holds', async () => {
    server.onJoin = (link, { extended }) => {
      if (extended === undefined) link.says(duplicate);
    };
    await watch(connector.enter());
    await pass(9000);
    expect(answer).to.equal(undefined);
    server.links[0]?.says({ type: 'Closing', seq: 0, content: 'out of touch' });
    await pass(0);
    expect(answer).to.deep.equal({ type: 'REFUSED', reason: 'out of touch' });
  });

  it('waits for a server that encrypts, which knows more than the basic form', async () => {
    for (const [ms, waited] of [
      [9000, { type: 'JOINED' }],
      [11_000, { type: 'NO_ANSWER' }],
    ] as const) {
      server.onJoin = link => {
        link.peer = { name: 'pin', isEncrypted: true };
      };
      connector = newConnector();
      answer = undefined;
      const before = server.links.length;
      await watch(connector.enter());
      await pass(2000 + ms);
      expect(server.links).to.have.length(before + 1);
      if (waited.type === 'JOINED') server.link.says(joinedAs('carl', {}));
      await pass(0);
      expect(answer).to.deep.equal(waited);
      expect(server.link.isClosed).to.equal(waited.type !== 'JOINED');
    }
  });

  it('waits for an answer in the basic form as long as it is told', async () => {
    connector = newConnector(3000);
    server.onJoin = () => {};
    await watch(connector.enter());
    await pass(4999);
    expect(answer).to.equal(undefined);
    await pass(10);
    expect(answer).to.deep.equal({ type: 'NO_ANSWER' });
  });

  it('fails when the server cannot be reached', async () => {
    server.vanish();
    await watch(connector.enter());
    expect(error).to.be.instanceOf(ConnectFailure);
  });

  it('knows what is not chatty also when it takes one connection only', async () => {
    server.onJoin = link => {
      server.vanish();
      link.ends('NOT_CHATTY');
    };
    expect(await connector.enter()).to.deep.equal({ type: 'ENDED', end: 'NOT_CHATTY' });
  });

  it('fails when a silent server cannot be reached a second time', async () => {
    server.onJoin = () => server.vanish();
    await watch(connector.enter());
    await pass(2500);
    expect(String(error)).to.equal('ConnectFailure: REFUSED here 1');
  });

  it('fails when something breaks, at the second connection, too', async () => {
    server.onJoin = link => {
      server.onOpen = () => {
        throw new Error('broken');
      };
      link.ends('LOST');
    };
    await watch(connector.enter());
    expect(String(error)).to.equal('Error: broken');
    await watch(connector.again());
    expect(String(error)).to.equal('Error: broken');
  });

  it('does not fail when the server cannot be reached again', async () => {
    await connector.enter();
    server.vanish();
    expect(await connector.again()).to.deep.equal({ type: 'NOT_REACHED', code: 'REFUSED' });
    expect(closed()).to.deep.equal([true, true]);
  });

  it('takes the basic form the time after, when an older server has taken its place', async () => {
    await connector.enter();
    knowsOnlyBasic('NOT_UNDERSTOOD');
    expect(await connector.again()).to.deep.equal({ type: 'ENDED', end: 'NOT_UNDERSTOOD' });
    expect(await connector.again()).to.deep.equal({ type: 'JOINED' });
    expect(server.link.joinRequest).to.deep.equal({ username: 'carl' });
  });

  it('hangs up every connection when it is closed', async () => {
    server.onJoin = () => {};
    await watch(connector.enter());
    await pass(2500);
    connector.close();
    expect(closed()).to.deep.equal([true, true]);
  });
});
