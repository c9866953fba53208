import { expect } from 'chai';
import { ListenFailure } from '../../../src/application/server/failures.js';
import { invitations, invitationTo, pageAddress } from '../../../src/cli/invitation.js';
import { cannotListen } from '../../../src/cli/server-exit.js';

const line = (host: string) => ({ host, port: 8081 });
const page = (host: string) => ({ host, port: 8443, scheme: 'http' as const });

describe('what a start prints for people', () => {
  const PIN = 'x'.repeat(43);

  it('is where the lines are, not the page', () => {
    expect(invitationTo({}, [page('192.0.2.7'), line('192.0.2.7')], PIN)).to.equal(
      `chatty client:join NAME --to 192.0.2.7:8081#${PIN}`,
    );
    expect(
      invitationTo({ publicAddress: 'chat.example.org' }, [page('::'), line('127.0.0.1')], PIN),
    ).to.equal(`chatty client:join NAME --to chat.example.org:8081#${PIN}`);
  });

  const pages: [what: string, address: string | undefined, ...Parameters<typeof pageAddress>][] = [
    ['nothing where there is none', undefined, { webOrigins: '' }, [line('127.0.0.1')]],
    [
      'of this machine, for this machine',
      'http://localhost:8443/',
      { webOrigins: '' },
      [page('127.0.0.1'), page('::1')],
    ],
    ['encrypted elsewhere', 'https://192.0.2.7:8443/', { webOrigins: '' }, [page('192.0.2.7')]],
    ['of an IPv6 address', 'https://[2001:db8::7]:8443/', { webOrigins: '' }, [page('2001:db8::7')]],
    [
      'under the name that people have, at the port of the page',
      'https://chat.example.org:8443/',
      { publicAddress: 'chat.example.org:8081', webOrigins: '' },
      [page('::')],
    ],
    [
      'where a proxy has it',
      'https://chat.example.org/',
      { webOrigins: 'https://chat.example.org,https://other.example' },
      [page('127.0.0.1')],
    ],
  ];
  for (const [what, address, ...given] of pages)
    it(`is the page: ${what}`, () => {
      expect(pageAddress(...given)).to.equal(address);
    });

  it('is all ways into the room, ssh under the name that people have now', () => {
    const ssh = { host: '::', port: 2222, scheme: 'ssh' as const };
    const all = [line('127.0.0.1'), page('127.0.0.1'), ssh];
    expect(
      invitations({ webOrigins: '', publicAddress: 'chat.example.org:443' }, all, PIN, 'SHA256:x'),
    ).to.deep.equal([
      `From elsewhere: chatty client:join NAME --to chat.example.org:443#${PIN}`,
      'In a browser: https://chat.example.org:8443/',
      'Over ssh: ssh -p 2222 NAME@chat.example.org (SHA256:x)',
    ]);
    const here = { ...ssh, host: '127.0.0.1' };
    expect(invitations({ webOrigins: '' }, [here], PIN, 'SHA256:x')).to.deep.equal([
      'Over ssh: ssh -p 2222 NAME@localhost (SHA256:x)',
    ]);
  });

  it('names the flag of the port that it cannot have', () => {
    expect(cannotListen(new ListenFailure('PORT_IN_USE', line('localhost')))[0]).to.match(
      /another with --port\.$/,
    );
    expect(cannotListen(new ListenFailure('PORT_IN_USE', page('localhost')))[0]).to.match(
      /another with --web\.$/,
    );
  });
});
