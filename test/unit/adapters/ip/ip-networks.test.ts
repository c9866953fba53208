import { expect } from 'chai';
import { IpNetworks } from '../../../../src/adapters/ip/ip-networks.js';

describe('IpNetworks', () => {
  const networks = new IpNetworks();

  const texts: [text: string, parsed: string | undefined][] = [
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.0/24 ', '192.0.2.0/24'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:db8::/032', '2001:db8::/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['2001:db8:0:0::1', '2001:db8::1'],
    ['2001:db8:0:0:1:2:3:4/64', '2001:db8::/64'],
    ['::/0', '::/0'],
    ['::', '::'],
    ['::1/128', '::1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:192.0.2.7/120', '192.0.2.0/24'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['::ffff:0:0/95', '::fffe:0:0/95'],
    ['fe80::1%eth0', undefined],
    ['192.0.2.0/x', undefined],
    ['192.0.2.0/33', undefined],
    ['2001:db8::/129', undefined],
    ['192.0.2.0/24/24', undefined],
    ['192.0.2.0/', undefined],
    ['192.0.2', undefined],
    ['carl', undefined],
    ['', undefined],
  ];
  for (const [text, parsed] of texts)
    it(`takes ${JSON.stringify(text)} for ${parsed ?? 'none'}`, () => {
      expect(networks.parse(text)).to.equal(parsed);
    });

  const members: [network: string, address: string, contains: boolean][] = [
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['192.0.2.0/24', '192.0.2.200', true],
    ['192.0.2.0/24', '192.0.3.1', false],
    ['192.0.2.0/24', '::ffff:192.0.2.7', true],
    ['2001:db8::/32', '2001:db8:1::7', true],
    ['2001:db8::/32', '2001:db9::7', false],
    ['2001:db8::1', '192.0.2.1', false],
    ['192.0.2.0/24', 'memory', false],
    ['nowhere', '192.0.2.7', false],
    ['0.0.0.0/0', '::ffff:192.0.2.7', true],
    ['0.0.0.0/0', '2001:db8::7', false],
    ['::/0', '2001:db8::7', true],
    ['::/0', '192.0.2.7', false],
    ['2001:db8::/64', '2001:db8::ffff:1:2:3', true],
    ['2001:db8::/64', '2001:db8:0:1::', false],
    ['fe80::/10', 'fe80::1%eth0', true],
  ];
  for (const [network, address, contains] of members)
    it(`knows whether ${address} is in ${network}`, () => {
      expect(networks.contains(network, address)).to.equal(contains);
      expect(networks.contains(network, address), 'the second time').to.equal(contains);
    });

  it('writes a household in one way', () => {
    expect(networks.origin('::ffff:192.0.2.7')).to.equal('192.0.2.7');
    expect(networks.origin('2001:db8:0:0:1:2:3:4')).to.equal('2001:db8::/64');
    expect(networks.origin('fe80::1%eth0')).to.equal('fe80::/64');
    for (const none of ['127.0.0.9', '::1', '::ffff:127.0.0.1', 'memory'])
      expect(networks.origin(none), none).to.equal(undefined);
  });

  it('forgets networks, and knows them again', () => {
    for (let n = 0; n < 20_100; n++) networks.contains(`10.0.${n >> 8}.${n & 255}`, '10.0.0.1');
    expect(networks.contains('10.0.0.1', '10.0.0.1')).to.equal(true);
  });
});
