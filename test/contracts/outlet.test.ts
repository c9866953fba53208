import { expect } from 'chai';
import { encodeNotice } from '../../src/adapters/wire/notice.js';
import type { Outlet } from '../../src/application/server/broadcast-ports.js';
import { READERS, type Reader } from '../support/readers.js';
import { until } from '../support/until.js';

/** Writes until something stays: what encrypts has it for a turn, whoever reads. */
async function fill(outlet: Outlet): Promise<void> {
  for (let turns = 0; turns < 3; turns = outlet.backlog > 0 ? turns + 1 : 0) {
    if (outlet.backlog === 0) outlet.write(Buffer.alloc(1024 * 1024, 'x'));
    await new Promise(resolve => setImmediate(resolve));
  }
}

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

    it('takes pieces as one write of them all', async () => {
      const pieces = Array.from({ length: 50 }, (_, n) => Buffer.from(`${n}\n`));
      reader.outlet.writeAll(pieces);
      reader.outlet.writeAll([]);
      reader.outlet.write(Buffer.from('last\n'));
      const all = `${pieces.join('')}last\n`;
      await until(() => reader.text.length >= all.length);
      expect(reader.text).to.equal(all);
    });

    it('calls back when everything is taken, and never during the call', async () => {
      let taken = 0;
      reader.outlet.whenTaken(() => taken++);
      expect(taken).to.equal(0);
      await until(() => taken === 1);
      reader.reading(false);
      await fill(reader.outlet);
      reader.outlet.whenTaken(() => taken++);
      for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
      expect(taken).to.equal(1);
      reader.reading(true);
      await until(() => taken === 2);
      expect(reader.outlet.backlog).to.equal(0);
    });

    it('calls back a waiting listener when it has ended', async () => {
      expect(reader.outlet.ended).to.equal(false);
      reader.outlet.end('LEFT');
      expect(reader.outlet.ended).to.equal(true);
      reader.outlet.writeAll([Buffer.from('late\n')]);
      await new Promise<void>(resolve => reader.outlet.whenTaken(resolve));
      expect(reader.text).to.equal('');
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

    it('sends no last line to a user who leaves', async () => {
      reader.outlet.end('LEFT');
      await until(() => reader.ends.length > 0);
      expect(reader.text).to.equal('');
    });

    it('reports its end after the call, not during it', () => {
      reader.outlet.end('STOPPING');
      expect(reader.ends).to.deep.equal([]);
    });
  });
}
