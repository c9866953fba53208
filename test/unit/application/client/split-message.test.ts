import { expect } from 'chai';
import fc from 'fast-check';
import { splitMessage } from '../../../../src/application/client/split-message.js';
import { cpuMs } from '../../../support/cpu-time.js';

describe('splitMessage', () => {
  it('leaves a message that fits as it is', () => {
    expect(splitMessage('one\ntwo  three', 100)).to.deep.equal(['one\ntwo  three']);
  });

  it('cuts at line ends, in a line at spaces, and in a word only where it must', () => {
    expect(splitMessage('aaa\nbbb\nccc', 8)).to.deep.equal(['aaa\nbbb', 'ccc']);
    expect(splitMessage('one two three\nx', 8)).to.deep.equal(['one two', 'three\nx']);
    expect(splitMessage('abcdefghij', 4)).to.deep.equal(['abcd', 'efgh', 'ij']);
    expect(splitMessage('ééééé', 4)).to.deep.equal(['éé', 'éé', 'é']);
  });

  it('has no part in which there is nothing', () => {
    expect(splitMessage('\n\n  \n', 2)).to.deep.equal([]);
  });

  it('takes no longer where a server allows anything', () => {
    const text = 'a b\n'.repeat(100_000);
    const since = cpuMs();
    expect(splitMessage(text, 2 ** 53 - 1)).to.deep.equal([`${text.trimEnd()}\n`]);
    expect(splitMessage(text, 1)).to.have.length(200_000);
    expect(cpuMs() - since).to.be.below(3000);
  });

  it('loses nothing but white space, and has no part that is too long on the wire', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', '👩‍👩‍👧', ' ', '\n', '"', '\\'), maxLength: 300 }),
        fc.integer({ min: 20, max: 90 }),
        (text, most) => {
          const parts = splitMessage(text, most);
          expect(parts.join('').replace(/\s/g, '')).to.equal(text.replace(/\s/g, ''));
          for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part)) - 2).to.be.at.most(most);
        },
      ),
    );
  });
});
