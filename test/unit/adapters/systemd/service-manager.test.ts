import { expect } from 'chai';
import { handedSockets } from '../../../../src/adapters/systemd/service-manager.js';

describe('sockets that were handed over', () => {
  const cases: [env: Record<string, string>, fds: number[]][] = [
    [{}, []],
    [{ LISTEN_FDS: '1', LISTEN_PID: '42' }, [3]],
    [{ LISTEN_FDS: '2', LISTEN_PID: '42' }, [3, 4]],
    [{ LISTEN_FDS: '1', LISTEN_PID: '43' }, []],
    [{ LISTEN_FDS: '1' }, []],
    [{ LISTEN_FDS: '0', LISTEN_PID: '42' }, []],
    [{ LISTEN_FDS: '-1', LISTEN_PID: '42' }, []],
    [{ LISTEN_FDS: 'many', LISTEN_PID: '42' }, []],
    [{ LISTEN_PID: '42' }, []],
  ];
  it('are never so many that they fill the memory', () => {
    expect(handedSockets({ LISTEN_FDS: '1e15', LISTEN_PID: '42' }, 42)).to.have.length(1024);
  });

  for (const [env, fds] of cases)
    it(`are ${JSON.stringify(fds)} with ${JSON.stringify(env)}`, () => {
      expect(handedSockets(env, 42)).to.deep.equal(fds);
    });
});
