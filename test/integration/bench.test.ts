import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { attack } from '../../bench/attack.js';
import { measure, measureStorm } from '../../bench/measure.js';
import { CHATTY, LIMITED, NAIVE, RunningServer } from '../../bench/servers.js';

describe('the benchmark', function () {
  this.timeout(60_000);

  before(function () {
    if (process.platform === 'linux') return;
    process.stderr.write('SKIPPED: the benchmark reads CPU and memory from /proc, which Linux has\n');
    this.skip();
  });

  const small = { title: 'small', clients: 6, senders: 2, seconds: 0.5 };

  for (const kind of [CHATTY, NAIVE]) {
    it(`counts every delivery of ${kind.name}`, async () => {
      const result = await measure(kind, { ...small, name: 'window', window: 10 });
      expect(result).to.include({ lost: 0, duplicates: 0, disordered: 0, closed: 0 });
      expect(result.deliveries).to.equal(result.sent * 5);
      expect(result.sent).to.be.above(100);
      expect(result.cpuPerDelivery).to.be.above(0);
    });
  }

  it('keeps to a rate, with clients that never read beside', async () => {
    const result = await measure(CHATTY, { ...small, name: 'rate', rate: 100, stalled: 3 });
    expect(result.sent).to.be.within(30, 60);
    expect(result.lost).to.equal(0);
  });

  for (const [name, others] of [
    ['Ping', 1],
    ['History 200', 2],
    ['messages', 2],
    ['blank lines', 2],
    ['names that grow', 2],
    ['coming and going', 1],
    ['silent connections', 1],
  ] as const)
    it(`loses nothing that honest members say while ${others} others flood with ${name}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'chatty-attack-'));
      const server = await RunningServer.start(LIMITED, folder);
      try {
        const result = await attack({
          port: server.port,
          attack: name,
          attackers: others,
          seconds: 2,
          honest: 10,
          apart: true,
        });
        expect(result.newcomerMs).to.be.within(0, 5000);
        expect(result.othersLines).to.be.below(250);
        expect(result.said).to.be.above(5);
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
      expect(result.said).to.be.above(5);
      expect(result.lost).to.equal(0);
    } finally {
      await server.stop();
    }
  });

  it('knows when everybody has come and gone', async () => {
    const { joinSeconds, leaveSeconds } = await measureStorm(CHATTY, 50);
    expect(joinSeconds).to.be.above(0);
    expect(leaveSeconds).to.be.above(0);
  });
});
