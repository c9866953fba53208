import { once } from 'node:events';
import { connect, Server, type Socket } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { MetricsServer } from '../../../../src/adapters/metrics/metrics-server.js';
import { ListenFailure } from '../../../../src/application/server/failures.js';
import type { NotReady } from '../../../../src/application/server-status.js';
import { MemoryLogger } from '../../../doubles/memory-logger.js';
import { STATUS } from '../../../support/server-statuses.js';

describe('MetricsServer', () => {
  const LOOPBACK = { host: '127.0.0.1', port: 0 };
  let readiness: { objection: NotReady | undefined };
  let logger: MemoryLogger;
  let reads: number;
  let fault: Error | undefined;
  let server: MetricsServer;
  let url: string;
  let port: number;

  const create = (at = LOOPBACK, freshMs?: number) =>
    new MetricsServer(
      at,
      readiness,
      {
        execute: () => {
          reads++;
          if (fault !== undefined) throw fault;
          return STATUS;
        },
      },
      logger,
      freshMs,
    );

  beforeEach(async () => {
    readiness = { objection: undefined };
    logger = new MemoryLogger();
    reads = 0;
    fault = undefined;
    server = create();
    ({ port } = await server.start());
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(() => server.stop());

  async function ask(path: string, options: RequestInit = {}) {
    const response = await fetch(url + path, options);
    return { code: response.status, text: await response.text(), headers: response.headers };
  }

  it('tells the metrics in the form that is asked for, and hangs up', async () => {
    const plain = await ask('/metrics?x=1');
    expect(plain.code).to.equal(200);
    expect(plain.headers.get('content-type')).to.equal('text/plain; version=0.0.4; charset=utf-8');
    expect(plain.headers.get('connection')).to.equal('close');
    expect(plain.text).to.include('chatty_members 1234\n');
    const open = await ask('/metrics', { headers: { Accept: 'application/openmetrics-text' } });
    expect(open.headers.get('content-type')).to.include('application/openmetrics-text');
    expect(open.text).to.match(/# EOF\n$/);
  });

  it('answers HEAD without a text, and nothing but GET and HEAD', async () => {
    const head = await ask('/metrics', { method: 'HEAD' });
    expect([head.code, head.text]).to.deep.equal([200, '']);
    expect(Number(head.headers.get('content-length'))).to.be.above(1000);
    const post = await ask('/metrics', { method: 'POST', body: 'x' });
    expect([post.code, post.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD']);
  });

  it('is healthy while it answers, ready when the server is, and else says why', async () => {
    expect(await ask('/healthz')).to.include({ code: 200, text: 'ok\n' });
    expect(await ask('/readyz')).to.include({ code: 200, text: 'ready\n' });
    const words: Record<NotReady, string> = {
      STARTING: 'is starting',
      DRAINING: 'sends its clients away',
      STOPPING: 'is stopping',
      DISK_FULL: 'disk is full',
      NOT_RECORDED: 'history cannot be written',
    };
    for (const [objection, word] of Object.entries(words)) {
      readiness.objection = objection as NotReady;
      const { code, text } = await ask('/readyz');
      expect(code).to.equal(503);
      expect(text).to.include(word);
    }
    expect((await ask('/healthz')).code).to.equal(200);
  });

  it('has nothing else, and says what there is', async () => {
    for (const path of ['/', '/metrics/', '/../metrics/..', '/healthz/x']) {
      const { code, text } = await ask(path);
      expect(code, path).to.equal(404);
      expect(text.split('\n')).to.have.length(2);
      for (const known of ['/metrics', '/healthz', '/readyz']) expect(text).to.include(known);
    }
  });

  it('reads no more often than ten times a second', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ask('/metrics')));
    expect(reads).to.be.within(1, 4);
    await server.stop();
    server = create(LOOPBACK, 0);
    ({ port } = await server.start());
    url = `http://127.0.0.1:${port}`;
    reads = 0;
    for (let n = 0; n < 3; n++) await ask('/metrics');
    expect(reads).to.equal(3);
  });

  it('logs what goes wrong, and lives on', async () => {
    fault = new Error('a bug');
    const { code, text } = await ask('/metrics');
    expect(code).to.equal(500);
    expect(text).not.to.include('a bug');
    expect(logger.entries.map(({ message }) => message)).to.deep.equal(['the metrics cannot be read']);
    expect((await ask('/healthz')).code).to.equal(200);
  });

  it('needs no Host header, and answers one request of a connection', async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.write('GET /healthz HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    expect(text.match(/HTTP\/1\.1 /g)).to.have.length(1);
  });

  it('refuses headers without end', async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.write(`GET /metrics HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`);
    await once(socket, 'close');
    expect(text).to.match(/^HTTP\/1\.1 431 /);
  });

  it('has few connections at a time, and the oldest give way', async () => {
    const sockets = [];
    for (let n = 0; n < 40; n++) {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.on('error', () => {});
      sockets.push(socket);
      await once(socket, 'connect');
    }
    await Promise.all(sockets.slice(0, 24).map(socket => socket.closed || once(socket, 'close')));
    expect(sockets.slice(24).filter(({ closed }) => closed)).to.have.length(0);
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await ask(path)).code).to.equal(200);
    for (const socket of sockets) socket.destroy();
  });

  it('lets one address keep no other out', async () => {
    const others = Array.from({ length: 4 }, () =>
      connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }),
    );
    await Promise.all(others.map(socket => once(socket, 'connect')));
    const many = Array.from({ length: 40 }, () => connect({ port, host: '127.0.0.1' }));
    for (const socket of [...others, ...many]) socket.on('error', () => {});
    await Promise.all(many.map(socket => once(socket, 'connect')));
    const [other] = others;
    other?.write('GET /healthz HTTP/1.0\r\n\r\n');
    expect(String(await once(other as Socket, 'data'))).to.match(/^HTTP\/1\.1 200 /);
    for (const socket of [...others, ...many]) socket.destroy();
  });

  it('lives on when the system has no file for a connection', async () => {
    const listen = sinon.spy(Server.prototype, 'listen');
    const another = create();
    await another.start();
    const [listening] = listen.thisValues;
    listen.restore();
    const failure = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' });
    listening?.emit('error', failure);
    expect(logger.entries).to.deep.include({
      level: 'error',
      fields: { err: failure },
      message: 'cannot accept a connection',
    });
    await another.stop();
  });

  it('says where it cannot listen', async () => {
    const failure = await create({ host: '127.0.0.1', port })
      .start()
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(ListenFailure).and.include({ code: 'PORT_IN_USE' });
    const elsewhere = await create({ host: '192.0.2.1', port: 0 })
      .start()
      .catch((error: unknown) => error);
    expect(elsewhere).to.be.instanceOf(ListenFailure).and.include({ code: 'BAD_ADDRESS' });
  });

  it('can be stopped twice, and answers nobody then', async () => {
    await server.stop();
    await server.stop();
    expect(await ask('/healthz').catch(() => 'refused')).to.equal('refused');
  });
});
