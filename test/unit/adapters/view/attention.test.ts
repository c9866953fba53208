import { expect } from 'chai';
import { Attention } from '../../../../src/adapters/view/attention.js';

describe('Attention', () => {
  it('counts what comes while nobody looks, and marks the first of it after a while', () => {
    const counts: [number, number][] = [];
    let now = 1000;
    const attention = new Attention(
      () => now,
      (...count) => counts.push(count),
    );
    expect(attention.heard(true)).to.equal(undefined);
    expect(counts).to.deep.equal([]);
    attention.look(false);
    expect(attention.heard(false)).to.equal(undefined);
    now += 10_000;
    expect(attention.heard(true)).to.equal(1000);
    expect(attention.heard(false)).to.equal(undefined);
    attention.look(false);
    attention.look(true);
    attention.look(true);
    expect(attention.heard(false)).to.equal(undefined);
    expect(counts).to.deep.equal([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
      [0, 0],
    ]);
  });
});
