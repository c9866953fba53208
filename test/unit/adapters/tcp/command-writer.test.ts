import { expect } from 'chai';
import { CommandWriter } from '../../../../src/adapters/tcp/connect/command.js';
import { MAX_LINE_BYTES } from '../../../../src/adapters/wire/line-splitter.js';
import { MessageTooLong } from '../../../../src/application/ports.js';
import { memoryLine } from '../../../support/streams.js';

describe('CommandWriter', () => {
  const message = 'x'.repeat(4000);

  /** Sends until a send has to wait, and gives that one back. */
  async function untilItWaits(
    commands: CommandWriter,
  ): Promise<{ waiting: Promise<void>; isDone: () => boolean }> {
    for (let n = 0; n < 1000; n++) {
      let done = false;
      const waiting = commands.send('carl', message).then(() => {
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

  it('lets a waiting sender go when the line goes down', async () => {
    const [near, far] = await memoryLine();
    const { waiting } = await untilItWaits(new CommandWriter(near));
    far.destroy();
    await waiting;
  });

  it('sends a line of the most bytes that a server reads, and nothing of a longer one', async () => {
    const [near, far] = await memoryLine();
    const commands = new CommandWriter(near);
    const fits = MAX_LINE_BYTES - '{"Send":{"username":"carl","content":""}}'.length;
    await commands.send('carl', 'x'.repeat(fits));
    const error = await commands.send('carl', 'x'.repeat(fits + 1)).catch((error: unknown) => error);
    expect(error)
      .to.be.instanceOf(MessageTooLong)
      .and.include({ limit: MAX_LINE_BYTES, actual: MAX_LINE_BYTES + 1 });
    near.end();
    let bytes = 0;
    for await (const chunk of far) bytes += chunk.length;
    expect(bytes).to.equal(MAX_LINE_BYTES + 1);
  });
});
