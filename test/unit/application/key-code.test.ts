import { expect } from 'chai';
import { keyCode, readKeyCode } from '../../../src/application/key-code.js';

describe('the code of a key', () => {
  it('is the beginning of its fingerprint, in digits and letters that nobody mixes up', () => {
    expect(keyCode('SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).to.equal('00000-00000');
    expect(keyCode('SHA256://////////////////////////////////////////8')).to.equal('ZZZZZ-ZZZZZ');
    // 0x66 0x40 0x2c 0x94 0x68 0xc5 0x89: 01100 11001 00000 00010 11001 00101 00011 01000 11000 10110
    expect(keyCode('SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA')).to.equal('CS02S-538RP');
  });

  it('is read as it is typed', () => {
    for (const typed of ['7K3M9-2QFXA', ' 7k3m92qfxa ', '7K3M9 2QFXA'])
      expect(readKeyCode(typed)).to.equal('7K3M9-2QFXA');
    expect(readKeyCode('oil00-1111l')).to.equal('01100-11111');
    for (const other of ['', '7K3M9-2QFX', '7K3M9-2QFXAA', '7K3M9-2QFXU', 'ssh-rsa AAAA', 'SHA256:abc'])
      expect(readKeyCode(other), other).to.equal(undefined);
  });
});
