import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { TOKENS } from '../../src/container/tokens.js';
import { Program, ROOT } from '../support/cli.js';
import { type StartedServer, startServer } from '../support/server.js';
import { Stranger } from '../support/stranger.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The values of a text of metrics, by name and labels. */
function valuesOf(text: string): Record<string, number> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map(line => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** The names that a text of metrics declares, and how each series of theirs is named. */
function namesOf(text: string): { names: Set<string>; series: Set<string> } {
  const declared = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  const series = declared.flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map(end => name + end) : [name],
  );
  return { names: new Set(declared.map(([, name = '']) => name)), series: new Set(series) };
}

describe('a server with --metrics', () => {
  let folder: string;
  let server: Program;
  let port: number;
  let url: string;
  const wires: WireClient[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-metrics-'));
    [server, port] = await Program.server(['--metrics', '0', '--data-dir', folder]);
    await server.says('Metrics: ');
    url = /Metrics: (http:\S+)\/metrics/.exec(server.stdout)?.[1] ?? expect.fail(server.stdout);
  });
  after(async () => {
    for (const { duplex } of wires) duplex.destroy();
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async (path: string) => (await fetch(url + path)).text();

  async function joined(name: string): Promise<WireClient> {
    const wire = await WireClient.joined(port, name);
    wires.push(wire);
    return wire;
  }

  it('listens on this machine only, and has the names that the documents have', async () => {
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { names, series } = namesOf(await get('/metrics'));
    const [table = ''] = read('docs/metrics.md').split('\n## The same in a terminal');
    const told = Array.from(table.matchAll(/^\| `(chatty_\w+)` \| (\w+) \|/gm), ([, name = '']) => name);
    expect([...names].sort()).to.deep.equal(told.sort());
    for (const file of ['packaging/grafana-dashboard.json', 'packaging/alerts.yaml']) {
      const used = new Set(read(file).match(/\bchatty_\w+/g));
      expect(used.size, file).to.be.above(5);
      expect(
        [...used].filter(name => !series.has(name)),
        file,
      ).to.deep.equal([]);
    }
  });

  it('tells types and labels as docs/metrics.md does', async () => {
    const text = await get('/metrics');
    const rows = read('docs/metrics.md').matchAll(/^\| `(chatty_\w+)` \| (\w+) \| ([^|]*) \|/gm);
    for (const [, name = '', type, labels = ''] of rows) {
      expect(text).to.include(`# TYPE ${name} ${type}\n`);
      const [label] = /`(\w+)`/.exec(labels)?.slice(1) ?? [];
      for (const [, label0] of text.matchAll(new RegExp(`^${name}\\{(\\w+)=`, 'gm')))
        expect(label0, name).to.equal(label);
    }
  });

  it('counts what is said and done', async () => {
    const [carl, david, eve] = [await joined('carl'), await joined('david'), await joined('eve')];
    await until(async () => valuesOf(await get('/metrics')).chatty_members === 3);
    const before = valuesOf(await get('/metrics'));
    expect(before).to.include({ chatty_members: 3, 'chatty_connections{encryption="none"}': 3 });
    for (let n = 0; n < 20; n++) carl.send('carl', `tea ${n}`);
    await david.next(line => line.includes('tea 19'));
    eve.send('david', 'I am david');
    await eve.next(line => line.includes('not your username'));
    eve.leave('eve');
    await eve.closed;
    await until(async () => valuesOf(await get('/metrics')).chatty_members === 2);
    const values = valuesOf(await get('/metrics'));
    const grown = (name: string) => (values[name] ?? 0) - (before[name] ?? 0);
    expect(grown('chatty_messages_total')).to.equal(20);
    expect(grown('chatty_leaves_total')).to.equal(1);
    // Twenty to each of three; joins and leaves wait for the next message.
    expect(grown('chatty_deliveries_total')).to.be.within(60, 75);
    expect(grown('chatty_refusals_total{code="FOREIGN_NAME"}')).to.equal(1);
    expect(grown('chatty_connections_ended_total{reason="LEFT"}')).to.equal(1);
    expect(values).to.include({ chatty_history_messages: 20, chatty_joins_total: 3, chatty_ready: 1 });
    expect(grown('chatty_delivery_delay_seconds_count')).to.be.within(1, 20);
    expect(values.chatty_history_write_seconds_count).to.be.within(2, 30);
    expect(values.chatty_history_write_seconds_sum).to.be.within(0, 10);
    expect(values.chatty_history_bytes).to.be.above(20 * 5);
    expect(values.chatty_process_resident_memory_bytes).to.be.above(20e6);
  });

  it('shows the same in a terminal, once or as JSON', async () => {
    const [text, json] = [['server:status'], ['server:status', '--json']].map(args =>
      Program.chatty([...args, '--data-dir', folder]),
    );
    expect(await text?.exit(), text?.stderr).to.equal(0);
    expect(text?.stdout).to.match(/^Server +chatty \S+ on Node v\S+; up \d+ s; open\n/);
    expect(text?.stdout).to.match(/^Room +2 here, 0 of them away; 3 came in, 1 left\n/m);
    expect(text?.stdout).to.match(/^Messages +20 \(0\.0\/s\)/m);
    expect(text?.stdout).to.match(/^Refused +FOREIGN_NAME 1\n/m);
    expect(await json?.exit()).to.equal(0);
    const status = JSON.parse(json?.stdout ?? '');
    expect(status).to.deep.include({ stage: 'OPEN', room: { members: 2, away: 0 } });
    expect(status.refusals).to.include({ FOREIGN_NAME: 1, DISK_FULL: 0 });
    expect(status.rates).to.include({ messages: 0, deliveries: 0 });
    expect(status.rates.seconds).to.be.within(0.9, 10);
  });

  it('goes on every second where that is asked for, until Ctrl-C', async () => {
    const watch = Program.chatty(['server:status', '--watch', '--data-dir', folder]);
    await until(() => (watch.stdout.match(/^Server /gm)?.length ?? 0) >= 2);
    expect(watch.stdout).to.match(/\n\nServer /);
    expect(watch.stdout).not.to.include('\u001b');
    watch.signal('SIGINT');
    expect(await watch.exit()).to.equal(0);
  });

  it('goes on when the server is restarted', async () => {
    const other = mkdtempSync(join(tmpdir(), 'chatty-metrics-'));
    const args = ['--data-dir', other];
    let [restarted] = await Program.server(args);
    const watch = Program.chatty(['server:status', '--watch', ...args]);
    const json = Program.chatty(['server:status', '--watch', '--json', ...args]);
    try {
      await Promise.all([watch.says('; open'), json.says('"OPEN"')]);
      await restarted.kill();
      await watch.says('Server       does not answer');
      [restarted] = await Program.server(args);
      const before = [watch.stdout.length, json.stdout.length];
      await until(() => watch.stdout.slice(before[0]).includes('; open'));
      await until(() => json.stdout.slice(before[1]).includes('"OPEN"'));
      for (const program of [watch, json]) expect(await program.signal('SIGINT').exit()).to.equal(0);
      for (const line of json.stdout.trim().split('\n'))
        expect(JSON.parse(line)).to.include({ stage: 'OPEN' });
    } finally {
      await Promise.all([restarted, watch, json].map(program => program.kill()));
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('is ready, and says no more once it is gone', async () => {
    expect(await get('/readyz')).to.equal('ready\n');
    server.signal('SIGTERM');
    expect(await server.exit()).to.equal(0);
    expect(await get('/readyz').catch(() => 'gone')).to.equal('gone');
    const nobody = Program.chatty(['server:status', '--data-dir', folder]);
    expect(await nobody.exit()).to.equal(3);
    expect(nobody.stderr).to.match(/^No server answers that keeps its data in .*\n$/);
  });
});

describe('metrics of a server', () => {
  let server: StartedServer | undefined;
  afterEach(() => server?.stop());

  it('are there before its room is open, and say so until it has stopped', async () => {
    server = await startServer({ metrics: '0' });
    const monitor = server.container.get(TOKENS.Monitor);
    const { port } = await monitor.start();
    const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).text();
    expect(await ready()).to.equal('ready\n');
    const wire = await WireClient.joined(server.port, 'carl');
    wire.duplex.pause(); // who does not hang up is waited for
    const stopping = server.stop();
    expect(await ready()).to.include('sends its clients away');
    wire.duplex.destroy();
    await stopping;
    expect(await ready()).to.equal('not ready: the server is stopping\n');
    await monitor.stop();
  });

  it('are not there, nor anything that makes them, unless they are asked for', async () => {
    server = await startServer();
    expect(server.container.isBound(TOKENS.Monitor)).to.equal(false);
  });

  it('are a part of the bundle that nothing else loads', () => {
    const files = readdirSync(join(ROOT, 'bundle')).filter(name => name.endsWith('.js'));
    const makers = files.filter(name => read(`bundle/${name}`).includes('application/openmetrics-text'));
    expect(makers).to.have.length(1);
    const [maker = ''] = makers;
    const isImported = new RegExp(`(from|import)\\s*"\\./${maker}"`);
    for (const name of files) expect(read(`bundle/${name}`), name).not.to.match(isImported);
    expect(files.filter(name => read(`bundle/${name}`).includes(`import("./${maker}")`))).to.have.length(1);
  });

  it('count the returns of clients, and what they missed', async () => {
    server = await startServer();
    const meter = server.container.get(TOKENS.Meter);
    const one = await Stranger.connect(server.port);
    const { body } = await one.ask('Join', { username: 'carl', history: 0 });
    one.wire.duplex.destroy();
    await until(() => server?.container.get(TOKENS.ReadStatus).execute().room.away === 1);
    const again = await Stranger.connect(server.port);
    const { resume, epoch } = body;
    await again.ask('Join', { username: 'carl', resume, epoch, since: body.seq, attempt: 1 });
    expect([meter.resumed, meter.gaps, meter.accepted]).to.deep.equal([1, 0, 2]);
    again.wire.duplex.destroy();
  });

  const wrong: [at: string, code: number, says: RegExp][] = [
    ['9464x', 2, /--metrics is PORT or HOST:PORT/],
    ['192.0.2.1:0', 3, /^The metrics: 192\.0\.2\.1 is not an address of this machine.*--metrics\.\n$/],
  ];
  for (const [at, code, says] of wrong) {
    it(`cannot be at ${at}, and the server says why`, async () => {
      const program = Program.chatty(['server:start', '--port', '0', '--history', 'memory', '--metrics', at]);
      expect(await program.exit()).to.equal(code);
      expect(program.stderr).to.match(says);
    });
  }
});
