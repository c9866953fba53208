import { expect } from 'chai';
import { encodeNotice } from '../../src/adapters/wire/notice.js';
import { READERS, type Reader } from '../support/readers.js';
import { until } from '../support/until.js';

for (const [name, create] of Object.entries(READERS)) {
  describe(`Outlet: over ${name}`, () => {
    let reader: Reader;
    beforeEach(async () => {
      reader = await create();
    });
    afterEach(() => reader.close());

    it('hands on what is written, in order', async () => {
      for (let n = 0; n < 100; n++) reader.outlet.write(Buffer.from(`${n}\n`));
      const all = Array.from({ length: 100 }, (_, n) => `${n}\n`).join('');
      await until(() => reader.text.length >= all.length);
      expect(reader.text).to.equal(all);
      await until(() => reader.outlet.backlog === 0);
    });

    it('counts what a reader that has stopped leaves behind, and delivers it when it reads on', async () => {
      reader.reading(false);
      const block = Buffer.alloc(256 * 1024, 'x');
      let written = 0;
      // Beyond what the system holds for a socket, bytes stay in this process.
      while (reader.outlet.backlog < block.length && written < 64 * block.length) {
        reader.outlet.write(block);
        written += block.length;
        await new Promise(resolve => setImmediate(resolve));
      }
      expect(reader.outlet.backlog).to.be.at.least(block.length);
      reader.reading(true);
      await until(() => reader.text.length === written);
      await until(() => reader.outlet.backlog === 0);
    });

    it('tells the reason after all that was written, and takes nothing more', async () => {
      reader.outlet.write(Buffer.from('before\n'));
      reader.outlet.end('TOO_SLOW');
      reader.outlet.write(Buffer.from('after\n'));
      reader.outlet.end('STOPPING');
      const all = `before\n${encodeNotice('TOO_SLOW')}`;
      await until(() => reader.text.length >= all.length);
      expect(reader.text).to.equal(all);
      expect(reader.ends).to.deep.equal(['TOO_SLOW']);
    });

    it('has nothing to say to who leaves', async () => {
      reader.outlet.end('LEFT');
      await until(() => reader.ends.length > 0);
      expect(reader.text).to.equal('');
    });

    it('tells of its end after the call, not during it', () => {
      reader.outlet.end('STOPPING');
      expect(reader.ends).to.deep.equal([]);
    });
  });
}
