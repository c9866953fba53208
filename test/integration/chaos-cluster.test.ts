import { join } from 'node:path';
import { expect } from 'chai';
import { needsBroker } from '../support/brokers.js';
import { Program, ROOT } from '../support/cli.js';

describe('one room on three servers, in chaos', () => {
  needsBroker();

  it('stays one room: one order, nothing accepted is lost or told twice, one winner of a name', async function () {
    this.timeout(120_000);
    const chaos = Program.start(process.execPath, [join(ROOT, 'dist/test/chaos-cluster.js'), '0.2'], {
      ...(process.env.NATS_SERVER !== undefined && { NATS_SERVER: process.env.NATS_SERVER }),
    });
    try {
      const code = await chaos.exit();
      expect(code, `${chaos.stdout}\n${chaos.stderr}`).to.equal(0);
      const report = JSON.parse(/^seed \d+: (\{.*\}) nothing is wrong$/m.exec(chaos.stdout)?.[1] ?? '{}');
      // It was chaos, and something was said in it.
      expect(Object.keys(report.faults)).to.have.length.above(0);
      expect(report.recorded).to.be.above(0);
      expect(report.races).to.be.above(0);
    } finally {
      await chaos.kill();
    }
  });
});
