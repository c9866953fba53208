import { expect } from 'chai';
import { listenAddressProblem, parseListenAddress } from '../../../../src/adapters/config/listen-address.js';

describe('listenAddressProblem', () => {
  const right: [text: string, host: string, port: number][] = [
    ['9464', '127.0.0.1', 9464],
    ['0', '127.0.0.1', 0],
    ['192.0.2.1:9464', '192.0.2.1', 9464],
    ['localhost:1', 'localhost', 1],
    ['[::]:65535', '::', 65_535],
  ];
  for (const [text, host, port] of right) {
    it(`takes ${text}`, () => {
      expect(listenAddressProblem(text)).to.equal(undefined);
      expect(parseListenAddress(text)).to.deep.equal({ host, port });
    });
  }

  for (const text of [
    '',
    'yes',
    '65536',
    '-1',
    'localhost',
    ':9464',
    '::1',
    'http://x:1',
    'a b:1',
    '[x:1',
    "'9464'",
  ]) {
    it(`does not take ${text || 'nothing'}`, () => {
      expect(listenAddressProblem(text))
        .to.be.a('string')
        .and.match(/^is .*\.$/);
    });
  }
});
