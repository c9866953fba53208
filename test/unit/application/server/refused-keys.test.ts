import { expect } from 'chai';
import sinon from 'sinon';
import { RefusedKeys } from '../../../../src/application/server/refused-keys.js';

/** Keys that begin alike have the same code. */
const proofs = { codeOf: (key: string) => key.slice(0, 9) };
const MINUTE = 60_000;

describe('RefusedKeys', () => {
  let now = 0;
  let refused: RefusedKeys;
  beforeEach(() => {
    now = 0;
    refused = new RefusedKeys(proofs, undefined, () => now);
  });

  it('finds a key by its code, under the name for which it was refused', () => {
    const code = refused.add('carl', 'one');
    refused.add('carl', 'two');
    expect(refused.find('carl', code)).to.deep.equal(['one']);
    expect(refused.find('amy', code)).to.deep.equal([]);
  });

  it('finds each of two keys with one code, and one that tried twice once', () => {
    const code = refused.add('carl', 'samebegin1');
    refused.add('carl', 'samebegin2');
    refused.add('carl', 'samebegin1');
    expect(refused.find('carl', code)).to.have.members(['samebegin1', 'samebegin2']);
  });

  describe('of a room on several servers', () => {
    it('are known at all of them', () => {
      const others: ((text: string) => void)[] = [];
      const servers = [0, 1, 2].map(at => {
        const call = (text: string) =>
          others.filter((_, other) => other !== at).forEach(tell => void tell(text));
        const keys = new RefusedKeys(
          proofs,
          { call, listen: listener => (others[at] = listener) },
          () => now,
        );
        keys.open();
        return keys;
      });
      const code = servers[0]?.add('carl', 'one') ?? '';
      now = 9 * MINUTE;
      for (const keys of servers) expect(keys.find('carl', code)).to.deep.equal(['one']);
      now = 11 * MINUTE;
      for (const keys of servers) expect(keys.find('carl', code)).to.deep.equal([]);
    });

    it('are no more than what they say of keys', () => {
      let tell = (_: string) => {};
      const listen = (listener: typeof tell) => {
        tell = listener;
      };
      const call = sinon.spy();
      const keys = new RefusedKeys(proofs, { call, listen });
      keys.open();
      for (const text of [
        'beat',
        '{',
        '{}',
        '{"type":"KeyRefused","username":"carl"}',
        '{"username":"a","key":"one"}',
      ])
        tell(text);
      for (const name of ['carl', 'a']) expect(keys.find(name, 'one')).to.deep.equal([]);
      tell('{"type":"KeyRefused","username":"carl","key":7}');
      tell('{"type":"KeyRefused","username":"carl","key":"one"}');
      expect(keys.find('carl', 'one')).to.deep.equal(['one']);
      expect(call.callCount).to.equal(0);
    });
  });

  it('remembers for ten minutes since the last time', () => {
    const code = refused.add('carl', 'one');
    now = 9 * MINUTE;
    refused.add('carl', 'one');
    now = 18 * MINUTE;
    expect(refused.find('carl', code)).to.deep.equal(['one']);
    now = 19 * MINUTE;
    expect(refused.find('carl', code)).to.deep.equal([]);
  });

  it('remembers the last ten of a name, and the last thousand of all', () => {
    const codes = Array.from({ length: 11 }, (_, index) => refused.add('carl', `k${'abcdefghijk'[index]}`));
    expect(codes.map(code => refused.find('carl', code).length)).to.deep.equal([0, ...Array(10).fill(1)]);
    for (let index = 0; index < 999; index++) refused.add(`name${index}`, 'x');
    expect(codes.map(code => refused.find('carl', code).length)).to.deep.equal([...Array(10).fill(0), 1]);
  });

  it('has a clock of its own', () => {
    const own = new RefusedKeys(proofs);
    expect(own.find('carl', own.add('carl', 'one'))).to.deep.equal(['one']);
  });
});
