import { expect } from 'chai';
import { chaos } from '../support/chaos.js';

describe('in chaos', () => {
  it('nothing accepted is lost or told twice, everybody sees one order, and no name is stuck', async function () {
    this.timeout(180_000);
    const seed = Math.floor(Math.random() * 2 ** 32);
    const { problems, faults, history, reconnects } = await chaos({
      seed,
      clients: 20,
      messages: 100,
      kills: 10,
    });
    expect(problems, `seed ${seed}`).to.deep.equal([]);
    expect(history).to.equal(2000);
    // It was chaos.
    expect(Object.keys(faults)).to.have.length(4);
    expect(reconnects).to.be.above(20);
  });
});
