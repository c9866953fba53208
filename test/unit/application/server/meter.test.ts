import { expect } from 'chai';
import { SERVER_SETTINGS } from '../../../../src/adapters/config/server-settings.js';
import { Meter, Tally, Times } from '../../../../src/application/server/meter.js';

describe('Meter', () => {
  it('counts refusals and ends, and the limits that they tell of', () => {
    const meter = new Meter();
    for (const code of ['MESSAGE_TOO_LONG', 'MESSAGE_TOO_LONG', 'NAME_TAKEN']) meter.refuse(code);
    for (const reason of ['SILENT', 'LEFT']) meter.end(reason);
    expect(meter.refusals.counts).to.deep.equal({
      ...{ DISK_FULL: 0, NOT_RECORDED: 0 },
      ...{ MESSAGE_TOO_LONG: 2, NAME_TAKEN: 1 },
    });
    expect(meter.ended.counts).to.include({ SILENT: 1, LEFT: 1, FAULT: 0 });
    expect(meter.limits.counts).to.include({ 'max-message-bytes': 2, 'silence-timeout': 1, 'join-rate': 0 });
  });

  it('names every limit as its flag', () => {
    const flags = Object.values(SERVER_SETTINGS).map(({ flag }) => flag);
    expect(flags).to.include.members(Object.keys(new Meter().limits.counts));
  });
});

describe('Tally', () => {
  it('knows those from the start that it was told of, and hands out no way to change it', () => {
    const tally = new Tally(['a', 'b']);
    tally.add('b');
    Object.assign(tally.counts, { a: 5 });
    expect(tally.counts).to.deep.equal({ a: 0, b: 1 });
  });
});

describe('Times', () => {
  it('counts each time below the first bound that it does not exceed, and those beyond the last', () => {
    const times = new Times();
    for (const ms of [0, 0.1, 0.11, 2500, 2500.1, 1e9]) times.add(ms);
    const { bounds, counts, sumMs } = times.taken;
    expect(counts).to.have.length(bounds.length + 1);
    expect([counts[0], counts[1], counts.at(-2), counts.at(-1)]).to.deep.equal([2, 1, 1, 2]);
    expect(counts.reduce((sum, count) => sum + count)).to.equal(6);
    expect(sumMs).to.be.closeTo(1e9 + 5000.31, 0.001);
  });
});
