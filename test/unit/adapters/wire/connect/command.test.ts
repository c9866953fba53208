import { expect } from 'chai';
import { CommandWriter } from '../../../../../src/adapters/wire/connect/command.js';
import { MAX_LINE_BYTES } from '../../../../../src/adapters/wire/line-splitter.js';
import { MessageTooLong } from '../../../../../src/application/client/ports.js';
import { memoryLine } from '../../../../support/streams.js';

describe('CommandWriter', () => {
  const message = 'x'.repeat(4000);

  /** Sends until a send has to wait, and gives that one back. */
  async function untilItWaits(
    commands: CommandWriter,
  ): Promise<{ waiting: Promise<void>; isDone: () => boolean }> {
    for (let n = 0; n < 1000; n++) {
      let done = false;
      const waiting = commands.send({ content: message }).then(() => {
        done = true;
      });
      await new Promise(resolve => setImmediate(resolve));
      if (!done) return { waiting, isDone: () => done };
    }
    throw new Error('never waits');
  }

  it('makes a sender wait for a server that does not read, until it reads', async () => {
    const [near, far] = await memoryLine();
    const { waiting, isDone } = await untilItWaits(new CommandWriter(near));
    expect(isDone()).to.equal(false);
    far.resume();
    await waiting;
    expect(near.listenerCount('drain') + near.listenerCount('close')).to.be.below(3);
  });

  it('hangs up on a server that answers and does not read', async () => {
    const [near, far] = await memoryLine();
    const errors: Error[] = [];
    near.on('error', error => errors.push(error));
    const commands = new CommandWriter(near);
    for (let n = 0; n < 100_000 && !near.destroyed; n++) commands.request('q1', { type: 'who' });
    expect(near.destroyed).to.equal(true);
    expect(near.writableLength).to.be.below(512 * 1024);
    commands.ping(1);
    far.destroy();
    await new Promise(resolve => setImmediate(resolve));
    expect(errors).to.have.length(1);
  });

  it('lets a waiting sender go when the line goes down', async () => {
    const [near, far] = await memoryLine();
    const { waiting } = await untilItWaits(new CommandWriter(near));
    far.destroy();
    await waiting;
    await new CommandWriter(near).send({ content: 'nobody reads this' });
  });

  for (const [form, extended, line] of [
    ['basic', undefined, '{"Send":{"username":"carl","content":""}}'],
    ['extended', { history: 0, attempt: 1 }, '{"Send":{"content":"","ref":"7"}}'],
  ] as const) {
    it(`sends a line of the most bytes that a server reads, and nothing of a longer one: ${form} form`, async () => {
      const [near, far] = await memoryLine();
      const commands = new CommandWriter(near);
      commands.join({ username: 'carl', ...(extended && { extended }) });
      const fits = MAX_LINE_BYTES - line.length;
      await commands.send({ content: 'x'.repeat(fits) }, '7');
      const error = await commands
        .send({ content: 'x'.repeat(fits + 1) }, '7')
        .catch((error: unknown) => error);
      expect(error)
        .to.be.instanceOf(MessageTooLong)
        .and.include({ limit: MAX_LINE_BYTES, actual: MAX_LINE_BYTES + 1 });
      near.end();
      let text = '';
      for await (const chunk of far) text += String(chunk);
      expect(text.split('\n')[1]).to.have.length(MAX_LINE_BYTES);
      expect(text.split('\n')).to.have.length(3);
    });
  }

  it('counts what may not have been read in the basic form only', async () => {
    const [near] = await memoryLine();
    const commands = new CommandWriter(near);
    commands.join({ username: 'carl' });
    await commands.send({ content: 'one' });
    await commands.send({ content: 'two' });
    expect(commands.unconfirmedLines).to.equal(2);
    commands.join({ username: 'carl', extended: { history: 0, attempt: 1 } });
    await commands.send({ content: 'three' }, '3');
    expect(commands.unconfirmedLines).to.equal(2);
  });
});
