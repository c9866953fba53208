import { expect } from 'chai';
import { Origins, ownerOf } from '../../../../../src/adapters/wire/listen/origins.js';
import { Username } from '../../../../../src/domain/username.js';

describe('Origins', () => {
  const origins = (noTrustLoopback = false) => new Origins({ maxConnectionsPerAddress: 2, noTrustLoopback });

  it('count those of one address, until they are gone', async () => {
    const one = origins();
    const gone = Promise.withResolvers<void>();
    one.count('192.0.2.1', gone.promise);
    expect(one.excess('192.0.2.1')).to.equal(0);
    one.count('::ffff:192.0.2.1', gone.promise);
    expect(one.excess('192.0.2.1')).to.equal(1);
    expect(one.excess('192.0.2.2')).to.equal(0);
    gone.resolve();
    await gone.promise;
    expect(one.excess('192.0.2.1')).to.equal(0);
  });

  it('take a network of IPv6 for one address, however it is written', () => {
    const one = origins();
    const never = new Promise<void>(() => {});
    one.count('2001:db8::1', never);
    one.count('2001:db8:0:0:1:2:3:4', never);
    expect(one.excess('2001:db8::ffff:1')).to.equal(1);
    expect(one.excess('2001:db8:0:1::1')).to.equal(0);
    one.count('fe80::1%eth0', never);
    one.count('fe80::2%eth0', never);
    expect(one.excess('fe80::3')).to.equal(1);
  });

  it('tell IPv4 addresses apart that a proxy for both kinds has as IPv6', () => {
    const one = origins();
    const never = new Promise<void>(() => {});
    one.count('0:0:0:0:0:ffff:c000:201', never);
    one.count('192.0.2.1', never);
    expect(one.excess('192.0.2.1')).to.equal(1);
    expect(one.excess('0:0:0:0:0:ffff:c000:202')).to.equal(0);
    expect(ownerOf('0:0:0:0:0:ffff:c000:201')).to.equal(ownerOf('192.0.2.1'));
    expect(ownerOf('0:0:0:0:0:ffff:7f00:1')).to.equal(undefined);
  });

  it('leave this machine alone, unless they are not to, and what is no machine', () => {
    const never = new Promise<void>(() => {});
    for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1', undefined]) {
      const [trusting, strict] = [origins(), origins(true)];
      for (let n = 0; n < 3; n++) for (const one of [trusting, strict]) one.count(address, never);
      expect(trusting.excess(address), address).to.equal(0);
      expect(strict.excess(address), address).to.equal(address === undefined ? 0 : 2);
    }
  });

  it('have a word for whoever is behind them, which says nothing and no name can be', () => {
    const word = ownerOf('192.0.2.7');
    expect(word).to.match(/^@[\w-]{12}$/);
    expect(ownerOf('::ffff:192.0.2.7')).to.equal(word);
    expect(ownerOf('192.0.2.8')).not.to.equal(word);
    expect(ownerOf('2001:db8::1')).to.equal(ownerOf('2001:db8::2:3'));
    expect([ownerOf('127.0.0.1'), ownerOf('::1'), ownerOf(undefined)]).to.deep.equal(
      Array(3).fill(undefined),
    );
    expect(() => Username.parse(`@${'a'.repeat(12)}`)).to.throw();
  });
});
