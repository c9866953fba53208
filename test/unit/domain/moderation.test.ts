import { expect } from 'chai';
import type { Measure, Target } from '../../../src/domain/measures.js';
import { Moderation, type ModerationEntry } from '../../../src/domain/moderation.js';
import { cpuMs } from '../../support/cpu-time.js';

describe('Moderation', () => {
  let moderation: Moderation;
  beforeEach(() => {
    moderation = new Moderation((network, address) => address.startsWith(network.replace('*', '')));
  });

  const name = (text: string): Target => ({ kind: 'name', name: text });
  const carl = { username: 'carl', key: 'SHA256:carl', address: '192.0.2.1' };
  const at = { at: 0, by: 'anna' };

  function take(kind: Measure['kind'], targets: Target[], until?: number): number {
    const id = moderation.nextId;
    moderation.apply({
      ...at,
      type: 'MeasureTaken',
      id,
      kind,
      targets,
      ...(until !== undefined && { until }),
    });
    return id;
  }

  const banned = (person = carl, now = 0) => moderation.measureAgainst(person, 'ban', now)?.id;

  it('remembers nobody who spoke before the room was slow', () => {
    moderation.spoke(carl, 1000);
    moderation.apply({ ...at, type: 'SlowedDown', ms: 5000 });
    expect(moderation.waitOf(carl, 1001)).to.equal(0);
    moderation.spoke(carl, 1001);
    expect(moderation.waitOf(carl, 1002)).to.equal(4999);
  });

  it('keeps nobody out at first, and nobody silent', () => {
    expect(banned()).to.equal(undefined);
    expect(moderation.measureAgainst(carl, 'mute', 0)).to.equal(undefined);
    expect(moderation.waitOf(carl, 0)).to.equal(0);
    expect(moderation.measures(0)).to.deep.equal([]);
    expect([moderation.topic, moderation.slowMs, moderation.token]).to.deep.equal(['', 0, undefined]);
  });

  it('knows somebody by name in any spelling, by what looks like it, by key, and by address', () => {
    const about: [target: Target, person: Partial<typeof carl>, isAbout: boolean][] = [
      [name('CARL'), {}, true],
      [name('carI'), {}, true],
      [name('сarl'), {}, true],
      [name('carla'), {}, false],
      [{ kind: 'key', key: 'SHA256:carl' }, { username: 'david' }, true],
      [{ kind: 'key', key: 'SHA256:david' }, {}, false],
      [{ kind: 'network', network: '192.0.2.*' }, { username: 'david', key: 'none' }, true],
      [{ kind: 'network', network: '198.51.100.*' }, {}, false],
    ];
    for (const [target, more, isAbout] of about)
      expect(moderation.matcherOf([target])({ ...carl, ...more }), JSON.stringify(target)).to.equal(isAbout);
    expect(moderation.matcherOf([{ kind: 'network', network: '' }])({ username: 'carl' })).to.equal(false);
    expect(moderation.matcherOf([{ kind: 'key', key: 'x' }])({ username: 'carl' })).to.equal(false);
  });

  it('finds them among very many in less than a moment', () => {
    for (let n = 0; n < 5000; n++) {
      take('ban', [name(`b${n}`), { kind: 'key', key: `SHA256:${n}` }]);
      take('mute', [name(`m${n}`)]);
    }
    const id = take('ban', [name('carl')]);
    const started = cpuMs();
    for (let n = 0; n < 1000; n++) {
      expect(banned({ ...carl, key: '' })).to.equal(id);
      expect(moderation.measureAgainst(carl, 'mute', 0)).to.equal(undefined);
    }
    expect(cpuMs() - started).to.be.below(2000);
  });

  it('forgets those that are over, and names the longest of the others in whatever order', () => {
    take('ban', [name('eve')], 10);
    const [first, second] = [take('ban', [name('carl')], 30), take('ban', [name('carl')], 20)];
    expect(banned()).to.equal(first);
    const third = take('ban', [name('carl')], 40);
    expect(banned()).to.equal(third);
    expect(moderation.measures(15).map(({ id }) => id)).to.deep.equal([first, second, third]);
  });

  it('keeps a measure until its time is up, or until it is lifted', () => {
    const first = take('ban', [name('carl')], 1000);
    const second = take('mute', [name('carl')]);
    expect([first, second]).to.deep.equal([1, 2]);
    expect(moderation.measures(999).map(({ id }) => id)).to.deep.equal([1, 2]);
    expect(banned(carl, 999)).to.equal(1);
    expect(banned(carl, 1000)).to.equal(undefined);
    expect(moderation.measures(1000).map(({ id, kind }) => [id, kind])).to.deep.equal([[2, 'mute']]);
    moderation.apply({ ...at, type: 'MeasureLifted', id: second });
    expect(moderation.measures(0)).to.deep.equal([]);
    expect(moderation.nextId).to.equal(3);
  });

  it('names the measure that lasts longest', () => {
    take('ban', [name('carl')], 1000);
    const longest = take('ban', [{ kind: 'key', key: 'SHA256:carl' }]);
    take('ban', [name('carl')], 5000);
    expect(banned()).to.equal(longest);
  });

  it('keeps no operator out, or silent, or waiting', () => {
    take('ban', [name('carl')]);
    take('mute', [name('carl')]);
    moderation.apply({ ...at, type: 'SlowedDown', ms: 1000 });
    moderation.apply({ ...at, type: 'OperatorNamed', key: 'SHA256:carl', name: 'carl' });
    moderation.spoke(carl, 0);
    expect(moderation.isOperator(carl)).to.equal(true);
    expect(banned()).to.equal(undefined);
    expect(moderation.measureAgainst(carl, 'mute', 0)).to.equal(undefined);
    expect(moderation.waitOf(carl, 1)).to.equal(0);
    moderation.apply({ ...at, type: 'OperatorDismissed', key: 'SHA256:carl', name: 'carl' });
    expect(moderation.isOperator(carl)).to.equal(false);
    expect(banned()).to.equal(1);
  });

  it('takes nobody without a key for an operator', () => {
    moderation.apply({ ...at, type: 'OperatorNamed', key: 'SHA256:carl', name: 'carl' });
    expect(moderation.isOperator({ key: undefined })).to.equal(false);
    expect(moderation.isOperator({})).to.equal(false);
  });

  it('lets a token make one operator', () => {
    moderation.apply({ ...at, type: 'TokenIssued', hash: 'abc' });
    expect(moderation.token).to.equal('abc');
    moderation.apply({ ...at, type: 'OperatorNamed', key: 'SHA256:carl', name: 'carl' });
    expect(moderation.token).to.equal(undefined);
  });

  it('makes everybody wait after what they said while the room is slow, under whatever spelling', () => {
    moderation.apply({ ...at, type: 'SlowedDown', ms: 1000 });
    expect(moderation.waitOf(carl, 0)).to.equal(0);
    moderation.spoke(carl, 0);
    expect(moderation.waitOf(carl, 400)).to.equal(600);
    expect(moderation.waitOf({ username: 'CARL' }, 400)).to.equal(600);
    expect(moderation.waitOf({ username: 'david' }, 400)).to.equal(0);
    expect(moderation.waitOf(carl, 1000)).to.equal(0);
    expect(moderation.waitOf(carl, -100_000), 'a clock that was set back').to.equal(1000);
    moderation.apply({ ...at, type: 'SlowedDown', ms: 0 });
    expect(moderation.waitOf(carl, 400)).to.equal(0);
  });

  it('forgets who has not spoken for so long', () => {
    moderation.apply({ ...at, type: 'SlowedDown', ms: 10 });
    for (let n = 0; n < 1000; n++) moderation.spoke({ username: `user${n}` }, n);
    expect(moderation.waitOf({ username: 'user999' }, 999)).to.equal(10);
    expect(moderation.waitOf({ username: 'user5' }, 999)).to.equal(0);
  });

  it('is the same after all of it is applied again', () => {
    const entries: ModerationEntry[] = [
      { ...at, type: 'TokenIssued', hash: 'abc' },
      { ...at, type: 'OperatorNamed', key: 'SHA256:anna', name: 'anna' },
      { ...at, type: 'MeasureTaken', id: 7, kind: 'ban', targets: [name('carl')], reason: 'spam' },
      { ...at, type: 'TopicSet', topic: 'tea' },
      { ...at, type: 'MessageDeleted', seq: 3, author: 'carl' },
      { ...at, type: 'SlowedDown', ms: 50 },
    ];
    for (const entry of entries) moderation.apply(entry);
    expect(moderation.nextId).to.equal(8);
    expect([...moderation.operators]).to.deep.equal([['SHA256:anna', 'anna']]);
    expect([moderation.topic, moderation.slowMs]).to.deep.equal(['tea', 50]);
    expect(moderation.measures(0)[0]).to.deep.include({ id: 7, reason: 'spam', by: 'anna' });
  });
});
