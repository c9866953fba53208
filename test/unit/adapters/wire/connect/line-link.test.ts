import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { type Dialed, LineLink } from '../../../../../src/adapters/wire/connect/line-link.js';
import { noticeText } from '../../../../../src/adapters/wire/notice.js';
import type { JoinRequest } from '../../../../../src/application/chat-request.js';
import type { ChatResponse } from '../../../../../src/application/chat-response.js';
import { ConnectFailure, type LinkEnd } from '../../../../../src/application/client/ports.js';
import { memoryLine } from '../../../../support/streams.js';
import { until } from '../../../../support/until.js';

const ADDRESS = { host: '192.0.2.1', port: 8081 };
const PEER = { name: '192.0.2.1:8081', isEncrypted: false };

describe('LineLink', () => {
  const basic: JoinRequest = { username: 'carl' };
  const extended: JoinRequest = { username: 'carl', extended: { history: 20, attempt: 1 } };
  const joined = '{"Joined":{"username":"Carl","content":"Warm Welcome"}}\n';

  /** A link that has joined as `request`, and the server's end of its line. */
  async function connect(request: JoinRequest) {
    const [near, far] = await memoryLine();
    const link = new LineLink(async () => ({ stream: far, peer: PEER }));
    const responses: ChatResponse[] = [];
    const end = Promise.withResolvers<LinkEnd>();
    await link.open({ onResponse: response => responses.push(response), onEnd: end.resolve });
    link.join(request);
    return { link, responses, end: end.promise, server: new ServerEnd(near) };
  }

  class ServerEnd {
    text = '';

    constructor(readonly duplex: Duplex) {
      duplex.on('data', chunk => {
        this.text += String(chunk);
      });
      duplex.on('error', () => {});
    }

    async lines(count: number): Promise<string[]> {
      await until(() => this.text.split('\n').length > count);
      return this.text.trimEnd().split('\n');
    }
  }

  it('gives up to dial when it is closed meanwhile', async () => {
    const link = new LineLink(
      signal =>
        new Promise((_, reject) =>
          signal?.addEventListener('abort', () => reject(new ConnectFailure('TIMED_OUT', ADDRESS))),
        ),
    );
    const opening = link.open({ onResponse: () => {}, onEnd: () => {} }).catch((error: unknown) => error);
    link.close();
    link.close();
    expect(await opening).to.include({ code: 'TIMED_OUT' });
  });

  it('speaks the basic form after a basic Join, under the name as the server spells it', async () => {
    const { link, server, responses } = await connect(basic);
    server.duplex.write(joined);
    await until(() => responses.length === 1);
    await link.send({ content: 'hi' }, 'a ref');
    link.leave();
    expect(await server.lines(3)).to.deep.equal([
      '{"Join":"carl"}',
      '{"Send":{"username":"Carl","content":"hi"}}',
      '{"Leave":"Carl"}',
    ]);
    link.close();
  });

  it('speaks the extended form after an extended Join', async () => {
    const { link, server } = await connect(extended);
    await link.send({ content: 'hi' }, 'r1');
    link.ping(7);
    link.request('q1', { type: 'who' });
    link.request('q2', { type: 'history', limit: 5 });
    link.request('q3', { type: 'history', limit: 5, before: 100 });
    link.request('q4', { type: 'search', words: 'keys', from: 'david', since: 1, until: 2, limit: 20 });
    link.leave();
    expect(await server.lines(8)).to.deep.equal([
      '{"Join":{"username":"carl","history":20,"attempt":1}}',
      '{"Send":{"content":"hi","ref":"r1"}}',
      '{"Ping":7}',
      '{"Who":{"ref":"q1"}}',
      '{"History":{"ref":"q2","limit":5}}',
      '{"History":{"ref":"q3","limit":5,"before":100}}',
      '{"Search":{"ref":"q4","words":"keys","from":"david","since":1,"until":2,"limit":20}}',
      '{"Leave":"carl"}',
    ]);
    link.close();
  });

  const notice = (code: 'BAD_COMMAND' | 'UNKNOWN_COMMAND' | 'STOPPING' | 'TOO_SLOW') =>
    `${JSON.stringify({ Broadcast: { username: 'chatty', content: noticeText(code) } })}\n`;
  const closing = (code: string) => `{"Closing":{"code":"${code}","content":"Goodbye.","seq":1}}\n`;
  const ends: [says: string, request: JoinRequest, end: LinkEnd, told: number][] = [
    ['', extended, 'NOT_CHATTY', 0],
    ['HTTP/1.1 400\n', extended, 'NOT_CHATTY', 1],
    [joined, basic, 'LOST', 1],
    [notice('BAD_COMMAND'), extended, 'NOT_UNDERSTOOD', 0],
    [notice('UNKNOWN_COMMAND'), extended, 'NOT_UNDERSTOOD', 0],
    [notice('BAD_COMMAND'), basic, 'LOST', 1],
    [joined + notice('BAD_COMMAND'), extended, 'LOST', 2],
    [notice('TOO_SLOW'), extended, 'LOST', 1],
    [notice('STOPPING'), basic, 'SERVER_STOPPING', 1],
    [closing('STOPPING'), extended, 'SERVER_STOPPING', 1],
    [closing('REPLACED'), extended, 'REPLACED', 1],
    [closing('TOO_SLOW'), extended, 'BEHIND', 1],
    [closing('FAULT'), extended, 'LOST', 1],
    [`${'x'.repeat(200_000)}\n`, extended, 'NOT_CHATTY', 0],
  ];
  for (const [says, request, linkEnd, told] of ends) {
    const form = request.extended === undefined ? 'basic' : 'extended';
    it(`ends ${linkEnd} when the server says ${says.slice(0, 60).trimEnd().replaceAll('\n', ' ') || 'nothing'}, ${form} form`, async () => {
      const { end, server, responses } = await connect(request);
      server.duplex.end(says);
      expect(await end).to.equal(linkEnd);
      expect(responses).to.have.length(told);
    });
  }

  it('takes an extended session that was left for closed when the server hangs up, or soon after', async () => {
    for (const hangsUp of [true, false]) {
      const { link, end, server } = await connect(extended);
      await link.send({ content: 'hi' }, 'r1');
      link.leave();
      await once(server.duplex, 'end');
      if (hangsUp) server.duplex.end();
      expect(await end).to.equal('CLOSED');
    }
  });

  it('knows who is at the other end once it is open', async () => {
    const [, far] = await memoryLine();
    const link = new LineLink(async () => ({ stream: far, peer: PEER }));
    expect(link.peer).to.equal(undefined);
    await link.open({ onResponse: () => {}, onEnd: () => {} });
    expect(link.peer).to.equal(PEER);
  });

  const many = (count: number) => '{"Pong":1}\n'.repeat(count);

  it('gives everybody else their turn while a server says what takes long', async () => {
    const [near, far] = await memoryLine();
    const link = new LineLink(async () => ({ stream: far, peer: PEER }));
    const [inOneGo, all]: [number[], number] = [[], 40];
    let heard = 0;
    const onResponse = () => {
      heard++;
      for (const until = performance.now() + 1; performance.now() < until; );
    };
    await link.open({ onResponse, onEnd: () => {} });
    link.join(extended);
    near.write(many(all));
    for (let before = 0; heard < all; before = heard) {
      await new Promise(resolve => setImmediate(resolve));
      inOneGo.push(heard - before);
    }
    expect(Math.max(...inOneGo)).to.be.below(10);
    link.close();
  });

  it('processes nothing while it is to wait, and then all of it, and only then its end', async () => {
    const { link, server, responses, end } = await connect(extended);
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    for (const { promise } of [first, second]) link.pauseUntil(promise);
    server.duplex.end(many(3));
    first.resolve();
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(responses).to.deep.equal([]);
    second.resolve();
    expect(await end).to.equal('LOST');
    expect(responses).to.have.length(3);
  });

  it('stops at the response after which it is to wait, even in the middle of what has come', async () => {
    const [near, far] = await memoryLine();
    const link = new LineLink(async () => ({ stream: far, peer: PEER }));
    const room = Promise.withResolvers<void>();
    let [heard, ends] = [0, 0];
    await link.open({
      onResponse: () => {
        if (++heard === 2) link.pauseUntil(room.promise);
      },
      onEnd: () => ends++,
    });
    link.join(extended);
    near.write(many(5));
    await until(() => heard === 2);
    near.destroy();
    await until(() => far.destroyed);
    await new Promise(resolve => setImmediate(resolve));
    expect([heard, ends]).to.deep.equal([2, 0]);
    room.resolve();
    await until(() => ends === 1);
    expect([heard, ends]).to.deep.equal([5, 1]);
    link.close();
  });

  it('waits for nobody when it has left, and hears nothing when it was closed', async () => {
    for (const leaves of [true, false]) {
      const { link, server, responses, end } = await connect(extended);
      link.pauseUntil(new Promise(() => {}));
      server.duplex.write(many(3));
      if (leaves) link.leave();
      else link.close();
      server.duplex.destroy();
      expect(await end).to.equal('CLOSED');
      expect(responses.length).to.be.at.most(3);
    }
  });

  it('takes the spelling of its name from the first Joined only', async () => {
    const { link, server, responses } = await connect(basic);
    server.duplex.write(joined + joined.replace('Carl', 'mallory'));
    await until(() => responses.length === 2);
    link.leave();
    expect(await server.lines(2)).to.deep.equal(['{"Join":"carl"}', '{"Leave":"Carl"}']);
    link.close();
  });

  it('does nothing before it is open, and hangs up what opens after it was closed', async () => {
    const [near, far] = await memoryLine();
    const line = Promise.withResolvers<Dialed>();
    const link = new LineLink(() => line.promise);
    const open = link.open({ onResponse: () => {}, onEnd: () => {} });
    link.join(basic);
    link.leave();
    link.ping(1);
    await link.send({ content: 'nobody' });
    link.close();
    line.resolve({ stream: far, peer: PEER });
    await open;
    await until(() => near.destroyed);
  });
});
