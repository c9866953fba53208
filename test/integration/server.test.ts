import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import type { ServerSettings } from '../../src/adapters/config/server-config.js';
import { StreamChannel } from '../../src/adapters/wire/listen/stream-channel.js';
import { ListenFailure } from '../../src/application/server/failures.js';
import { escaped } from '../support/escaped.js';
import { type StartedServer, startServer } from '../support/server.js';
import { memoryLine } from '../support/streams.js';
import { until } from '../support/until.js';
import { notice, said, WireClient } from '../support/wire-client.js';

describe('a server', () => {
  const started: StartedServer[] = [];

  async function start(settings: ServerSettings = {}): Promise<StartedServer> {
    const server = await startServer(settings);
    started.push(server);
    return server;
  }

  afterEach(async () => {
    await Promise.all(started.splice(0).map(({ stop }) => stop()));
  });

  it('lets three people talk', async () => {
    const { port } = await start();
    const carl = await WireClient.joined(port, 'carl');
    const david = await WireClient.joined(port, 'david');
    const lucio = await WireClient.joined(port, 'lucio');
    carl.send('carl', 'Hello');
    expect(await david.next(line => line.includes('Hello'))).to.equal(said('carl', 'Hello'));
    david.leave('david');
    await lucio.next(line => line === said('david', 'Left'));
    expect(lucio.lines.slice(1)).to.deep.equal([said('carl', 'Hello'), said('david', 'Left')]);
    await david.closed;
  });

  it('serves localhost over IPv4 and IPv6 on one port', async () => {
    const { addresses, port } = await start({ host: 'localhost' });
    expect(addresses.map(({ host }) => host)).to.deep.equal(['127.0.0.1', '::1']);
    expect(new Set(addresses.map(address => address.port)).size).to.equal(1);
    const [carl, david] = [
      await WireClient.connect(port, '127.0.0.1'),
      await WireClient.connect(port, '::1'),
    ];
    carl.join('carl');
    await carl.next();
    david.join('david');
    await carl.next(line => line === said('david', 'Joined'));
  });

  describe('keeps identities apart', () => {
    it('so that nobody speaks or leaves as somebody else', async () => {
      const { port } = await start();
      const carl = await WireClient.joined(port, 'carl');
      const mallory = await WireClient.joined(port, 'mallory');
      mallory.send('carl', 'I am carl');
      await mallory.next(notice('not your username'));
      mallory.leave('carl');
      await mallory.next(notice('not your username'));
      mallory.send('mallory', 'I am mallory');
      carl.send('carl', 'still here');
      await mallory.next(line => line === said('carl', 'still here'));
      await carl.next(line => line === said('mallory', 'I am mallory'));
      expect(carl.lines).to.not.include(said('carl', 'I am carl'));
    });

    it('so that a name has one holder, in whichever spelling', async () => {
      const { port } = await start();
      await WireClient.joined(port, 'carl');
      const other = await WireClient.connect(port);
      for (const name of ['carl', 'Carl', 'ＣＡＲＬ']) {
        other.join(name);
        expect(await other.next()).to.equal(
          JSON.stringify({ Duplicate: { username: name, content: 'Sorry' } }),
        );
      }
      other.join('david');
      await other.next(line => line.startsWith('{"Joined"'));
    });

    it('so that a session has one name', async () => {
      const { port } = await start();
      const carl = await WireClient.joined(port, 'carl');
      carl.join('david');
      await carl.next(notice('joined already'));
      await WireClient.joined(port, 'david');
    });

    it('so that a stranger is not heard', async () => {
      const { port } = await start();
      const carl = await WireClient.joined(port, 'carl');
      const stranger = await WireClient.connect(port);
      stranger.send('carl', 'hi');
      stranger.leave('carl');
      await stranger.next(notice('not joined'));
      await stranger.next(notice('not joined'));
      stranger.join('stranger');
      await stranger.next(line => line.startsWith('{"Joined"'));
      await carl.next(line => line === said('stranger', 'Joined'));
      expect(carl.lines).to.have.length(2);
    });

    it('so that two who join at once under one name are one', async () => {
      const { port, room } = await start();
      const clients = await Promise.all(Array.from({ length: 20 }, () => WireClient.connect(port)));
      for (const client of clients) client.join('carl');
      const answers = await Promise.all(clients.map(client => client.next()));
      expect(answers.filter(answer => answer.startsWith('{"Joined"'))).to.have.length(1);
      expect(answers.filter(answer => answer.startsWith('{"Duplicate"'))).to.have.length(19);
      expect(room.size).to.equal(1);
    });
  });

  describe('frees the name and announces Left, once', () => {
    const ways: Record<string, (client: WireClient) => unknown> = {
      'when its holder leaves': client => client.leave('carl'),
      'when its holder hangs up': client => client.end(),
      'when the connection is reset': client => client.reset(),
      'when its holder sends nonsense': client => client.write('nonsense\n'),
      'when its holder leaves and hangs up at once': client => {
        client.leave('carl');
        client.duplex.end();
      },
      'when its holder leaves twice': client => {
        client.leave('carl');
        client.leave('carl');
      },
    };
    for (const [way, goAway] of Object.entries(ways)) {
      it(way, async () => {
        const { port } = await start();
        const david = await WireClient.joined(port, 'david');
        const carl = await WireClient.joined(port, 'carl');
        await goAway(carl);
        await david.next(line => line === said('carl', 'Left'));
        await WireClient.joined(port, 'carl');
        await david.next(line => line === said('carl', 'Joined'));
        expect(david.lines.filter(line => line === said('carl', 'Left'))).to.have.length(1);
      });
    }
  });

  describe('answers nonsense once, then hangs up:', () => {
    const nonsense: [title: string, bytes: string | Buffer, says: string][] = [
      ['not JSON', 'GET / HTTP/1.1\r\n', 'not JSON'],
      ['null', 'null\n', 'right form'],
      ['an unknown command', '{"Dance":"carl"}\n', 'does not know'],
      ['a wrong form', '{"Send":"hi"}\n', 'right form'],
      ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22, 0x0a]), 'not UTF-8'],
      ['a line that is too long', `${'x'.repeat(8193)}\n`, 'too long'],
      ['a line that is too long and has no end', 'x'.repeat(20_000), 'too long'],
    ];
    for (const [title, bytes, says] of nonsense) {
      it(title, async () => {
        const { port, room } = await start();
        const client = await WireClient.joined(port, 'carl');
        client.write(bytes);
        client.send('carl', 'after nonsense');
        await client.next(notice(says));
        await client.closed;
        expect(client.lines.filter(notice())).to.have.length(1);
        expect(room.size).to.equal(0);
      });
    }
  });

  it('reads commands however they are torn, and two in one piece', async () => {
    const { port } = await start();
    const david = await WireClient.joined(port, 'david');
    const carl = await WireClient.connect(port);
    const bytes = Buffer.from('{"Join":"carl"}\r\n\n{"Send":{"username":"carl","content":"👋 é"}}\n');
    for (const byte of bytes) {
      carl.write(Buffer.from([byte]));
      await new Promise(resolve => setImmediate(resolve));
    }
    await david.next(line => line === said('carl', '👋 é'));
    carl.write('{"Send":{"username":"carl","content":"1"}}\n{"Send":{"username":"carl","content":"2"}}\n');
    expect(await david.next()).to.equal(said('carl', '1'));
    expect(await david.next()).to.equal(said('carl', '2'));
  });

  it('passes over a command that was cut off by the end of the connection', async () => {
    const { port } = await start();
    const david = await WireClient.joined(port, 'david');
    const carl = await WireClient.joined(port, 'carl');
    carl.write('{"Send":{"username":"carl","content":"cut"}}');
    await carl.end();
    expect(await david.next()).to.equal(said('carl', 'Joined'));
    expect(await david.next()).to.equal(said('carl', 'Left'));
  });

  for (const name of ['', ' ', 'a'.repeat(33), '\u001b[31m', 'car\u200bl', 'сarl', 'Admin']) {
    it(`refuses the name ${escaped(name.slice(0, 12))}, and the connection lives`, async () => {
      const { port } = await start();
      const client = await WireClient.connect(port);
      client.join(name);
      await client.next(notice());
      client.join('carl');
      await client.next(line => line.startsWith('{"Joined"'));
    });
  }

  it('takes messages of 1 to 4,096 bytes and says why not of any other', async () => {
    const { port } = await start();
    const [carl, david] = [await WireClient.joined(port, 'carl'), await WireClient.joined(port, 'david')];
    for (const content of ['', 'x'.repeat(4097), '€'.repeat(1366), 'a\u001b[2Jb']) {
      carl.send('carl', content);
      await carl.next(notice('not sent'));
    }
    const good = ['x', 'x'.repeat(4096), `${'€'.repeat(1365)}x`];
    for (const content of good) carl.send('carl', content);
    for (const content of good) expect(await david.next()).to.equal(said('carl', content));
    carl.send('carl', 'two\r\nlines');
    expect(await david.next()).to.equal(said('carl', 'two ⏎ lines'));
  });

  it('hangs up on who does not join in time', async () => {
    const { port } = await start({ joinTimeoutSeconds: 1 });
    const silent = await WireClient.connect(port);
    const carl = await WireClient.joined(port, 'carl');
    await silent.next(notice('did not join in time'));
    await silent.closed;
    carl.send('carl', '');
    await carl.next(notice('not sent'));
  }).timeout(9000); // less than without the setting

  it('tells who comes too many that it is full, and has room again when somebody goes', async () => {
    const { port } = await start({ maxConnections: 2 });
    const [carl] = [await WireClient.joined(port, 'carl'), await WireClient.joined(port, 'david')];
    const third = await WireClient.connect(port);
    await third.next(notice('full'));
    await third.closed;
    await carl.end();
    await WireClient.joined(port, 'lucio');
  });

  it('tells who comes while it stops that it does', async () => {
    const { server, connections } = await start();
    await server.stop();
    const [near, far] = await memoryLine();
    connections.accept(new StreamChannel(near));
    const late = new WireClient(far);
    late.join('late');
    await late.next(notice('stopping'));
    await late.closed;
    expect(late.lines).to.have.length(1);
  });

  it('lets a sender wait while nobody reads, and drops nobody for its sake', async () => {
    const { port, logger } = await start();
    const carl = await WireClient.joined(port, 'carl');
    const others = await Promise.all(['a', 'b', 'c', 'd'].map(name => WireClient.joined(port, name)));
    for (const { duplex } of others) duplex.pause();
    // Far more than the systems' buffers and the log together hold: read at once, it would drop all four.
    const line = `${JSON.stringify({ Send: { username: 'carl', content: 'x'.repeat(4000) } })}\n`;
    for (let n = 0; n < 30; n++) carl.write(line.repeat(1000));
    await delay(700);
    expect(carl.duplex.writableLength).to.be.above(0);
    expect(logger.entries.filter(({ fields }) => fields.reason === 'TOO_SLOW')).to.deep.equal([]);
    carl.duplex.destroy();
  });

  it('reads a sender that is faster than allowed more slowly, and loses nothing', async () => {
    const { port } = await start({ maxRate: 5000 });
    const [carl, david] = [await WireClient.joined(port, 'carl'), await WireClient.joined(port, 'david')];
    const began = performance.now();
    for (let n = 0; n < 9000; n++) carl.send('carl', String(n));
    await david.next(line => line === said('carl', '8999'));
    expect(david.lines.slice(1)).to.deep.equal(
      Array.from({ length: 9000 }, (_, n) => said('carl', String(n))),
    );
    // 5,000 at once, the others at 5,000 a second; what one read of 64 KiB held too much is not waited for.
    expect(performance.now() - began).to.be.above(400);
  });

  it('drops who asks without reading the answers', async () => {
    const { port, room } = await start({ maxBacklogBytes: 64 * 1024 });
    const carl = await WireClient.joined(port, 'carl');
    carl.duplex.pause();
    const david = await WireClient.joined(port, 'david');
    const bad = `${JSON.stringify({ Send: { username: 'x', content: 'x' } })}\n`.repeat(1000);
    const flood = () => {
      if (!carl.duplex.destroyed) carl.duplex.write(bad, flood);
    };
    flood();
    await until(() => room.size === 1);
    carl.duplex.destroy();
    await david.next(line => line === said('carl', 'Left'));
  });

  it('drops a reader that has stopped, tells why, and the others neither wait nor miss anything', async () => {
    const { port, room, logger } = await start({ maxLogBytes: 256 * 1024 });
    const frozen = await WireClient.joined(port, 'frozen');
    frozen.duplex.pause();
    const [carl, david] = [await WireClient.joined(port, 'carl'), await WireClient.joined(port, 'david')];
    let sent = 0;
    while (room.size === 3 && sent < 40_000) {
      for (let n = 0; n < 100; n++) carl.send('carl', `${++sent} ${'x'.repeat(3000)}`);
      await david.next(line => line.startsWith(`{"Broadcast":{"username":"carl","content":"${sent} `));
    }
    expect(room.size).to.equal(2);
    await until(() => david.lines.includes(said('frozen', 'Left')));
    expect(david.lines.filter(line => line.includes('"carl"'))).to.have.length(sent);
    expect(
      logger.entries.some(({ fields }) => fields.reason === 'TOO_SLOW' && fields.username === 'frozen'),
    ).to.equal(true);
    frozen.duplex.resume();
    await frozen.next(notice('too far behind'));
    // What it got is everything up to the gap, then the word that there is one.
    const numbers = frozen.lines.flatMap(line => /"content":"(\d+) /.exec(line)?.[1] ?? []).map(Number);
    expect(numbers).to.deep.equal(Array.from(numbers, (_, index) => index + 1));
    expect(numbers.length).to.be.below(sent);
  });

  it('stops while people talk: everybody is told, and gone', async () => {
    const { server, port, room } = await start();
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, n) => WireClient.joined(port, `user${n}`)),
    );
    let talking = true;
    const talk = (client: WireClient, n: number): void => {
      if (!talking || client.duplex.destroyed) return;
      client.send(`user${n}`, 'talk');
      setImmediate(talk, client, n);
    };
    for (const [n, client] of clients.entries()) talk(client, n);
    await clients[0]?.next(line => line.includes('talk'));
    await server.stop();
    talking = false;
    await Promise.all(clients.map(client => client.closed));
    for (const client of clients) expect(client.lines.at(-1)).to.satisfy(notice('stopping'));
    expect(room.size).to.equal(0);
    const late = connect({ port, host: '127.0.0.1' });
    const [error] = await once(late, 'error');
    expect(error).to.have.property('code', 'ECONNREFUSED');
  });

  it('stops within seconds though a client reads nothing', async () => {
    const { server, port } = await start();
    const frozen = await WireClient.joined(port, 'frozen');
    frozen.duplex.pause();
    const carl = await WireClient.joined(port, 'carl');
    for (let n = 0; n < 4000; n++) carl.send('carl', 'x'.repeat(4000));
    await until(() => frozen.duplex.readableLength > 0);
    await server.stop();
    frozen.duplex.destroy();
  });

  it('never logs the text of a message', async () => {
    const { port, logger } = await start();
    const [carl, david] = [await WireClient.joined(port, 'carl'), await WireClient.joined(port, 'david')];
    carl.send('carl', 'a secret');
    await david.next(line => line.includes('a secret'));
    carl.write('{"Send":"another secret"}\n');
    await carl.closed;
    await until(() => logger.entries.some(({ message }) => message === 'connection ended'));
    expect(JSON.stringify(logger.entries)).to.include('carl');
    expect(JSON.stringify(logger.entries)).to.not.include('secret');
  });

  describe('says why it cannot start:', () => {
    it('the port is in use', async () => {
      const { port } = await start();
      const failure = await startServer({ port }).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(ListenFailure).with.property('code', 'PORT_IN_USE');
    });

    it('the port is in use on one of the loopbacks, and the other is free again afterwards', async () => {
      const { port } = await start({ host: '::1' });
      const failure = await startServer({ host: 'localhost', port }).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(ListenFailure).with.property('code', 'PORT_IN_USE');
      await start({ host: '127.0.0.1', port });
    });

    for (const host of ['203.0.113.7', 'no.such.host.invalid']) {
      it(`${host} is not an address of this machine`, async () => {
        const failure = await startServer({ host }).catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(ListenFailure).with.property('code', 'BAD_ADDRESS');
      });
    }
  });
});
