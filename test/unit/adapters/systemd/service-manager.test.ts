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

  it('are for what their names say; those with other names, or none, for the wire', () => {
    const named = (names: string) => {
      const env = { LISTEN_FDS: '4', LISTEN_PID: '42', LISTEN_FDNAMES: names };
      return ([undefined, 'http', 'ssh'] as const).map(scheme => handedSockets(env, 42, scheme));
    };
    expect(named('chatty-ssh.socket:chatty.socket:chatty-web.socket:chatty-ssh')).to.deep.equal([
      [4],
      [5],
      [3, 6],
    ]);
    expect(named('unknown:toString::')).to.deep.equal([[3, 4, 5, 6], [], []]);
  });
});
