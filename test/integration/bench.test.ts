import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { attack } from '../../bench/attack.js';
import { calibrate } from '../../bench/cluster-calibration.js';
import { figuresTables } from '../../bench/cluster-report.js';
import { measure, measureStorm } from '../../bench/measure.js';
import { CHATTY, LIMITED, NAIVE, RunningServer, WEB, WEB_PEERS } from '../../bench/servers.js';
import { SoakDay } from '../../bench/soak-day.js';
import { faultsOf } from '../../bench/soak-faults.js';
import { judge } from '../../bench/verdict.js';
import { WatchedServer } from '../../bench/watched-server.js';
import { needsBroker } from '../support/brokers.js';

describe('the benchmark', () => {
  before(function () {
    if (process.platform === 'linux') return;
    process.stderr.write('SKIPPED: the benchmark reads CPU and memory from /proc, which Linux has\n');
    this.skip();
  });

  const small = { title: 'small', clients: 6, senders: 2, seconds: 0.5 };

  for (const kind of [CHATTY, NAIVE, WEB, ...WEB_PEERS.filter(({ needs }) => needs === undefined)]) {
    it(`counts every delivery of ${kind.name}`, async () => {
      const result = await measure(kind, { ...small, name: 'window', window: 10 });
      expect(result).to.include({ lost: 0, duplicates: 0, disordered: 0, closed: 0 });
      expect(result.deliveries).to.equal(result.sent * 5);
      expect(result.sent).to.be.above(0);
      expect(result.cpuPerDelivery).to.be.at.least(0);
    });
  }

  it('keeps to a rate, with clients that never read beside', async () => {
    const result = await measure(CHATTY, { ...small, name: 'rate', rate: 100, stalled: 3 });
    expect(result.sent).to.be.within(1, 60);
    expect(result.lost).to.equal(0);
  });

  for (const [name, others] of [
    ['Ping', 1],
    ['History 200', 2],
    ['messages', 2],
    ['blank lines', 2],
    ['names that grow', 2],
    ['coming and going', 1],
    ['requests for the page', 2],
    ['pings of WebSockets', 2],
    ['silent connections', 1],
  ] as const)
    it(`loses nothing that honest members say while ${others} others flood with ${name}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'chatty-attack-'));
      const server = await RunningServer.start(LIMITED, folder);
      try {
        const result = await attack({
          port: server.port,
          webPort: server.webPort,
          attack: name,
          attackers: others,
          seconds: 2,
          honest: 10,
          apart: true,
        });
        expect(result.newcomerMs).to.be.at.least(0);
        expect(result.othersLines).to.be.below(250);
        expect(result.said).to.be.above(0);
        expect(result.lost).to.equal(0);
        expect(result.p99).to.be.above(0);
      } finally {
        await server.stop();
        rmSync(folder, { recursive: true });
      }
    });

  it('loses nothing that is said while one floods and others read slowly', async () => {
    const server = await RunningServer.start(CHATTY);
    try {
      const order = { attack: 'messages', attackers: 1, seconds: 2, honest: 10, slow: 5 };
      const result = await attack({ port: server.port, ...order });
      expect(result.said).to.be.above(0);
      expect(result.lost).to.equal(0);
    } finally {
      await server.stop();
    }
  });

  describe('for the model of a room on many nodes', () => {
    needsBroker();

    it('finds all figures', async () => {
      const effort = {
        rooms: [5, 10],
        seconds: 0.5,
        idle: 20,
        entries: [500, 1000],
        events: 200,
        logSeconds: 1,
      } as const;
      const calibration = await calibrate(effort, () => {});
      // Differences of what was measured in so short a time may be anything.
      for (const [name, figure] of Object.entries(calibration.figures)) expect(figure, name).to.be.finite;
      const { delivery, logP50, logP99, entryBytes, messageLine, checkpointBytes } = calibration.figures;
      for (const figure of [delivery, logP50, logP99, entryBytes, messageLine, checkpointBytes])
        expect(figure).to.be.above(0);
      expect(calibration.entries.map(({ members }) => members)).to.deep.equal([500, 1000]);
      expect(figuresTables(calibration)).not.to.match(/NaN|undefined/);
    });
  });

  it('knows when everybody has come and gone', async () => {
    const { joinSeconds, leaveSeconds } = await measureStorm(CHATTY, 50);
    expect(joinSeconds).to.be.above(0);
    expect(leaveSeconds).to.be.above(0);
  });

  it('plays a day in which nothing is lost, and sees into the server meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chatty-soak-'));
    const server = await WatchedServer.start(folder, ['--keep-messages', '50']);
    try {
      const day = new SoakDay(server.port, { members: 12, listeners: 4 }, 4);
      await day.fill();
      const before = await server.watch();
      await day.play();
      await new Promise(resolve => setTimeout(resolve, 4000));
      expect(day.findings.recorded.size).to.be.above(0);
      expect(day.findings.resumed).to.be.above(0);
      expect(day.findings).to.include({ twice: 0, disordered: 0 });
      expect(day.lost).to.equal(0);
      const after = await server.watch(true);
      expect(after.cpuSeconds).to.be.above(before.cpuSeconds);
      expect(after.fds).to.be.within(before.fds - 2, before.fds + 2);
      expect(after.heapMiB).to.be.above(1);
      for (const member of day.members) member.leave();
      expect(await server.stop()).to.equal(0);
    } finally {
      server.child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });

  it('tells what grows from what moves', () => {
    const bound = { name: 'memory', unit: 'MiB', part: 0.05, plus: 4 };
    const moves = Array.from({ length: 80 }, (_, n) => 100 + 10 * Math.sin(n));
    const leaks = moves.map((value, n) => value + n / 2);
    expect(judge(bound, moves, 60).grows).to.equal(false);
    expect(judge(bound, leaks, 60).grows).to.equal(true);
    expect(judge(bound, leaks, 60).perHour).to.be.within(2200, 2600);
    const warms = moves.map((value, n) => (n < 20 ? value - 50 : value));
    expect(judge(bound, warms, 60).grows).to.equal(false);
    expect(judge(bound, [], 60).grows).to.equal(true);
    expect(judge(bound, [...moves, Number.NaN].fill(Number.NaN), 60).grows).to.equal(true);
  });

  describe('of a day', () => {
    const heaps = [18, 19, 19.5, 20.5].map((mib, n) => ({ mib, recorded: n * 3000 }));
    const good = {
      ...{ judged: [], heaps, members: 500, there: 500, listeners: 20, said: 10_000, recorded: 9900 },
      ...{ resumed: 600, answers: 900, missing: 300, lost: 0, twice: 0, disordered: 0, code: 0 },
      ...{ fdsBefore: 30, fdsAfter: 31 },
    };

    it('has nothing against a good one', () => {
      expect(faultsOf(good)).to.deep.equal([]);
    });

    for (const [what, other] of Object.entries({
      'a heap that grows': { heaps: heaps.map(({ mib, recorded }, n) => ({ mib: mib + 2 * n, recorded })) },
      'a heap that nobody has looked at in the last quarter': { heaps: heaps.slice(0, 3) },
      'a room that records nothing': { recorded: 0, missing: 0 },
      'a room in which nobody says anything': { said: 0, recorded: 0, missing: 0 },
      'a room that tells everybody that all is missing': { missing: 150_000 },
      'a room that people do not come back to': { there: 480 },
      'a room that resumes nothing': { resumed: 0 },
      'a message that is lost': { lost: 1 },
      'files that stay open': { fdsAfter: 40 },
      'a server that was killed': { code: null },
    }))
      it(`finds fault with ${what}`, () => {
        expect(faultsOf({ ...good, ...other })).to.have.length(1);
      });
  });
});
