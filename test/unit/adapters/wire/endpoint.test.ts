import { expect } from 'chai';
import { canonicalHost, endpoint, isLoopback, plainAddress } from '../../../../src/adapters/wire/endpoint.js';

describe('the ends of a connection', () => {
  it('are written as both ends know them', () => {
    expect(endpoint('192.0.2.1', 8081)).to.equal('192.0.2.1:8081');
    expect(endpoint('::ffff:192.0.2.1', 8081)).to.equal('192.0.2.1:8081');
    expect(endpoint('2001:db8::1', 8081)).to.equal('[2001:db8::1]:8081');
  });

  it('have no name where they are not known', () => {
    expect(endpoint(undefined, 8081)).to.equal('');
    expect(endpoint('192.0.2.1', undefined)).to.equal('');
  });

  it('take an IPv4 address out of its disguise, and nothing else', () => {
    for (const disguised of ['::FFFF:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:ffff:c000:201'])
      expect(plainAddress(disguised)).to.equal('192.0.2.1');
    for (const other of ['2001:db8::ffff:c000:201', '::ffff:0:c000:201', ':ffff:192.0.2.1', '192.0.2.1'])
      expect(plainAddress(other)).to.equal(other);
  });

  it('have one form for all spellings of a host, also of one that no name may have', () => {
    expect(canonicalHost('BÜCHER.example.')).to.equal('xn--bcher-kva.example');
    expect(canonicalHost('0:0::1')).to.equal('::1');
    expect(canonicalHost('A^B.')).to.equal('a^b');
  });

  for (const [address, isOwn] of Object.entries({
    '127.0.0.1': true,
    '127.255.255.255': true,
    '::1': true,
    '::ffff:127.0.0.1': true,
    '128.0.0.1': false,
    '192.0.2.1': false,
    '::2': false,
    '2001:db8::1': false,
  }))
    it(`know that ${address} is ${isOwn ? '' : 'not '}this machine`, () => {
      expect(isLoopback(address)).to.equal(isOwn);
    });
});
