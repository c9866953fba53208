import { expect } from 'chai';
import { ratesBetween, reportOf, screenOf } from '../../../../src/adapters/terminal/server-report.js';
import type { ServerStatus } from '../../../../src/application/server-status.js';
import { Emulator } from '../../../support/emulator.js';
import { STATUS } from '../../../support/server-statuses.js';

describe('screenOf', () => {
  /** What is on a terminal of this size afterwards. */
  async function shown(columns: number, rows: number): Promise<string[]> {
    const emulator = new Emulator({ columns, rows });
    for (let n = 0; n < 2; n++)
      emulator.withLineFeeds.write(screenOf(reportOf(STATUS, undefined), columns, rows));
    await emulator.settled();
    return emulator.rows;
  }

  for (const [columns, rows] of [
    [200, 30],
    [60, 20],
    [30, 10],
    [20, 4],
  ] as const)
    it(`begins with the server on a terminal of ${columns} x ${rows}`, async () => {
      const [first = '', ...others] = await shown(columns, rows);
      expect(first).to.match(/^Server /);
      expect(others.filter(row => row.startsWith('Server'))).to.deep.equal([]);
    });

  it('breaks no word', async () => {
    const words = new Set(reportOf(STATUS, undefined).flatMap(line => line.split(/\s+/)));
    for (const row of await shown(60, 40))
      for (const word of row.split(/\s+/).filter(text => text !== '')) expect([...words]).to.include(word);
  });
});

describe('reportOf', () => {
  const lineOf = (name: string, status: ServerStatus = STATUS, rates = false) =>
    reportOf(status, rates ? RATES : undefined).find(line => line.startsWith(name));
  const RATES = { seconds: 1, messages: 12.34, deliveries: 1234.5, connections: 0, cpu: 0.021, busy: 0.5 };

  it('has a line for each part', () => {
    const names = reportOf(STATUS, undefined).map(line => line.split(' ')[0]);
    expect(names).to.deep.equal([
      ...['Server', 'Room', 'Messages', 'Readers', 'Connections', 'Sessions', 'History', 'Cluster'],
      ...['Process', 'Ended', 'Refused', 'Limits'],
    ]);
  });

  it('says who is here, and how it goes', () => {
    expect(lineOf('Server')).to.equal('Server       chatty 1.2.3 on Node v24.0.0; up 1 h 2 min; open');
    expect(lineOf('Room')).to.include('1,234 here, 5 of them away; 1,300 came in, 66 left');
    expect(lineOf('Messages')).to.include(
      '1,000; 1,234,000 delivered; handed over in 1 ms (half of them), 10 ms (99 %)',
    );
    expect(lineOf('History')).to.include('87.9 KiB of 1.0 GiB; files 4.8 MiB; disk 2.0 TiB free');
    expect(lineOf('Ended')).to.include('LEFT 200, TOO_SLOW 71');
    expect(lineOf('Limits')).to.match(/ message-rate 9$/);
  });

  it('says how the servers of one room are, and nothing where there is one', () => {
    expect(lineOf('Cluster')).to.equal(
      'Cluster      3 servers, 400 of the room here; entry 12,345 of the log; 2 waiting',
    );
    const cluster = { servers: 1, isConnected: false, waiting: 7, members: 1, position: 1 };
    expect(lineOf('Cluster', { ...STATUS, cluster })).to.include('1 server, 1 of the room here; NO BROKER');
    const { cluster: _, ...alone } = STATUS;
    expect(lineOf('Cluster', alone)).to.equal(undefined);
  });

  it('has rates where there are two readings', () => {
    expect(lineOf('Messages', STATUS, true)).to.include('1,000 (12.3/s); 1,234,000 delivered (1,235/s)');
    expect(lineOf('Process', STATUS, true)).to.include('CPU 2.1 %, event loop 50.0 % busy');
    expect(lineOf('Process')).not.to.include('CPU');
  });

  it('shouts where something is wrong', () => {
    expect(lineOf('Server', { ...STATUS, objection: 'DISK_FULL' })).to.include('NOT READY: the disk is full');
    expect(lineOf('Server', { ...STATUS, stage: 'DRAINING', objection: 'DRAINING' })).to.include('sending');
    const broadcast = { ...STATUS.broadcast, isCongested: true };
    expect(lineOf('Readers', { ...STATUS, broadcast })).to.include('SENDERS WAIT');
  });

  it('shows what is not known, or was never, in words', () => {
    const never = { bounds: [1], counts: [0, 0], sumMs: 0 };
    const { fileBytes: _, freeBytes: __, ...history } = STATUS.history;
    const { openFiles: ___, ...program } = STATUS.program;
    const status = { ...STATUS, refusals: {}, program, history: { ...history, writes: never } };
    expect(lineOf('History', status)).to.include('written never yet').and.not.include('disk');
    expect(lineOf('Process', status)).not.to.include('files');
    expect(lineOf('Refused', status)).to.match(/ none$/);
    const slow = { bounds: [1], counts: [0, 5], sumMs: 50 };
    expect(lineOf('History', { ...STATUS, history: { ...history, writes: slow } })).to.include(
      'more than 1 ms',
    );
  });

  it('counts time in the units that fit', () => {
    for (const [uptimeMs, text] of [
      [5000, 'up 5 s;'],
      [600_000, 'up 10 min;'],
      [90_000_000, 'up 1 d 1 h;'],
    ] as const)
      expect(lineOf('Server', { ...STATUS, uptimeMs })).to.include(text);
  });

  it('lets nothing unsafe through', () => {
    const lines = reportOf(
      { ...STATUS, version: '\u001b[2J', refusals: { '\u001b]0;x\u0007': 1 } },
      undefined,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(lines.join('')).not.to.match(/[\u0000-\u001f]/);
  });
});

describe('ratesBetween', () => {
  it('is what happened between two readings, a second', () => {
    const later: ServerStatus = {
      ...STATUS,
      uptimeMs: STATUS.uptimeMs + 2000,
      events: { ...STATUS.events, messages: 1020 },
      broadcast: { ...STATUS.broadcast, deliveries: 1_234_400 },
      program: { ...STATUS.program, cpuUserMs: 12_500, cpuSystemMs: 3500, busyMs: 21_000 },
    };
    expect(ratesBetween(STATUS, later)).to.deep.equal({
      ...{ seconds: 2, messages: 10, deliveries: 200, connections: 0, cpu: 0.5, busy: 0.5 },
    });
  });

  it('is nothing of another start, or of one moment', () => {
    expect(ratesBetween(STATUS, STATUS)).to.equal(undefined);
    expect(ratesBetween(STATUS, { ...STATUS, startedAt: 1, uptimeMs: 1e9 })).to.equal(undefined);
  });
});
