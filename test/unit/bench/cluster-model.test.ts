import { expect } from 'chai';
import {
  type Figures,
  LIMITS,
  largest,
  loadOf,
  planOf,
  shortages,
  TAIL_ITEMS,
  turnoverOf,
} from '../../../bench/cluster-arithmetic.js';
import { simulate } from '../../../bench/cluster-latency.js';
import {
  DESIGNS,
  endsTable,
  millionTable,
  partsTable,
  sizesTable,
  turnoverTable,
} from '../../../bench/cluster-report.js';

/** As they were measured, rounded. */
const FIGURES: Figures = {
  ...{ delivery: 0.5, write: 10, event: 60, coming: 70, catchUp: 30, handshake: 1000 },
  ...{ memberBytes: 50_000, entryBytes: 800, emptyBytes: 90e6, messageLine: 150, presenceLine: 100 },
  ...{ checkpointBytes: 80, checkpointWrite: 0.25, checkpointRead: 14, who: 1 },
  ...{ brokerEntry: 4, brokerReader: 3, brokerBeat: 1, beat: 2, logP50: 0.5, logP99: 1.5 },
};

describe('the model of a room on many nodes', () => {
  it('counts every delivery: each event to each member', () => {
    const load = loadOf(planOf(90_000, 9), FIGURES);
    expect(load.comings).to.equal(100);
    expect(load.told).to.equal(200);
    expect(load.deliveries).to.equal(200 * 90_000);
    expect(load.items).to.equal(100 + 100 + 50);
  });

  it('adds the work of a node up to its cores', () => {
    const { cpu, cores, here } = loadOf(planOf(90_000, 9), FIGURES);
    expect(here).to.equal(10_000);
    expect(cpu.messages).to.be.closeTo(0.5, 1e-9); // 100 a second, ten thousand times half a microsecond
    expect(cpu.presence).to.be.closeTo(0.5, 1e-9);
    expect(cpu.writes).to.be.closeTo(0.2, 1e-9);
    expect(cpu.log).to.be.closeTo((150 * 60 + 100 * 70) / 1e6, 1e-9);
    expect(cores).to.be.closeTo(1.2 + cpu.log + cpu.handshakes + cpu.beats, 1e-9);
  });

  it('halves with twice the nodes what is done for members, and not what is done for the log', () => {
    const [some, twice] = [5, 10].map(nodes => loadOf(planOf(100_000, nodes), FIGURES).cpu);
    for (const part of ['messages', 'presence', 'writes', 'handshakes'] as const)
      expect(twice?.[part]).to.be.closeTo((some?.[part] ?? 0) / 2, 1e-9);
    expect(twice?.log).to.equal(some?.log);
  });

  it('lets presence grow with the square of the room, unless people are only counted', () => {
    const presence = (members: number, more = {}) => loadOf(planOf(members, 10, more), FIGURES).cpu.presence;
    expect(presence(200_000)).to.be.closeTo(4 * presence(100_000), 1e-9);
    expect(presence(200_000, { presence: 'counted' })).to.be.below(presence(200_000) / 100);
  });

  it('keeps at a relay only its own members, and lets fewer read the log', () => {
    const [folding, relayed] = [{}, { folding: 3 }].map(more =>
      loadOf(planOf(1_000_000, 100, more), FIGURES),
    );
    expect(folding?.memory).to.equal(90e6 + 10_000 * 50_000 + 1e6 * 800);
    expect(relayed?.memory).to.equal(90e6 + 10_000 * 50_800);
    expect(relayed?.broker).to.be.below((folding?.broker ?? 0) / 10);
  });

  for (const [name, design] of Object.entries(DESIGNS))
    it(`finds the largest room that holds, ${name}, and what runs out in a larger one`, () => {
      const { more } = design(100);
      const { members, end } = largest(100, FIGURES, more);
      expect(shortages(loadOf(planOf(members, 100, more), FIGURES))).to.deep.equal([]);
      expect(shortages(loadOf(planOf(members * 1.01, 100, more), FIGURES))).to.include(end);
      expect(LIMITS.map(limit => limit.name)).to.include(end);
    });

  it('lets people come back the sooner the more nodes are left, and far sooner than if all had left', () => {
    const [few, many] = [3, 30].map(nodes => turnoverOf(planOf(30_000, nodes), FIGURES));
    expect(few?.takes).to.equal(10_000);
    expect(few?.resumed).to.be.closeTo(5 + 0.6, 1e-9); // half of ten thousand handshakes, and all in the log
    expect(many?.resumed).to.be.below(few?.resumed ?? 0);
    expect(few?.anew).to.be.above(10 * (few?.resumed ?? 0));
    expect(few?.load).to.be.closeTo(0.42, 1e-9);
    expect(few?.tail).to.be.closeTo((TAIL_ITEMS * 30) / 1e6, 1e-9);
  });

  describe('simulated', () => {
    const quiet = { members: 1000, nodes: 1, messages: 1, stay: 1e9, line: 1e9, presence: 'told' } as const;

    it('says the same for the same seed', () => {
      expect(simulate(quiet, FIGURES, 60, 7)).to.deep.equal(simulate(quiet, FIGURES, 60, 7));
      expect(simulate(quiet, FIGURES, 60, 7)).not.to.deep.equal(simulate(quiet, FIGURES, 60, 8));
    });

    it('takes half a round of writes for a message that goes alone', () => {
      const { p50, busy, batch } = simulate(quiet, FIGURES, 2000);
      expect(p50).to.be.within(5, 7); // of ten milliseconds, and half a millisecond for the log
      expect(busy).to.be.within(0.007, 0.015);
      expect(batch).to.be.within(1, 1.1);
    });

    it('sends messages together when a node is busy, and so bears many more than singly', () => {
      const { p50, batch } = simulate({ ...quiet, messages: 1000 }, FIGURES, 20);
      expect(batch).to.be.above(10); // a round takes 10 ms, and half a millisecond for each message
      expect(p50).to.be.within(10, 100);
    });

    it('falls ever further behind where there is more than a core can do', () => {
      expect(simulate({ ...quiet, messages: 2500 }, FIGURES, 20).p50).to.equal(Number.POSITIVE_INFINITY);
    });
  });

  it('has a number in every cell of its tables', () => {
    const tables = [sizesTable(FIGURES, 2), millionTable(FIGURES, 2), partsTable(FIGURES)];
    for (const table of [...tables, turnoverTable(FIGURES), endsTable(FIGURES)]) {
      const lines = table.split('\n');
      expect(lines.length).to.be.above(4);
      expect(new Set(lines.map(line => line.split('|').length)).size).to.equal(1);
      expect(table).not.to.match(/NaN|undefined/);
    }
  });
});
