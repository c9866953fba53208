import type { StreamInfo } from '@nats-io/jetstream';
import { expect } from 'chai';
import { hasMajority } from '../../../../src/adapters/nats/majority.js';

describe('the majority of the brokers that keep a stream', () => {
  const SECOND = 1e9;
  /** As the one that leads tells it, which has heard of the others so long ago. */
  const told = (seconds: number[], { leader = 'broker-0', offline = false } = {}) =>
    ({
      cluster: {
        ...{ name: 'test', ...(leader && { leader }) },
        replicas: seconds.map((silent, n) => ({
          ...{ name: `broker-${n + 1}`, current: true, offline, lag: 0 },
          active: silent * SECOND,
        })),
      },
    }) as Pick<StreamInfo, 'cluster'>;

  it('is there where there is only one, in a cluster or not', () => {
    expect(hasMajority({} as StreamInfo)).to.equal(true);
    expect(hasMajority({ cluster: { name: 'test', leader: 'broker-0' } } as StreamInfo)).to.equal(true);
    expect(hasMajority(told([]))).to.equal(true);
  });

  it('is there while most of them are', () => {
    expect(hasMajority(told([0.2, 1]))).to.equal(true);
    expect(hasMajority(told([0.2, 60]))).to.equal(true);
    expect(hasMajority(told([0.2, 60, 1, 60]))).to.equal(true);
  });

  it('is gone when the one that leads hears of too few, though it takes them for current', () => {
    expect(hasMajority(told([6, 7]))).to.equal(false);
    expect(hasMajority(told([0.2, 6, 6, 6]))).to.equal(false);
    expect(hasMajority(told([0.2, 1], { offline: true }))).to.equal(false);
  });

  it('is gone when none leads', () => {
    expect(hasMajority(told([0.2, 0.2, 0.2], { leader: '' }))).to.equal(false);
  });
});
