import { expect } from 'chai';
import { TypedInput } from '../../../../src/adapters/view/typed-input.js';
import type { ViewLine } from '../../../../src/adapters/view/typed-line.js';
import type { UserCommand } from '../../../../src/application/client/user-command.js';

describe('TypedInput', () => {
  let answered: ViewLine[];
  let input: TypedInput;

  beforeEach(() => {
    answered = [];
    input = new TypedInput(line => answered.push(line));
  });

  async function commands(): Promise<UserCommand[]> {
    const all: UserCommand[] = [];
    for await (const command of input.commands()) all.push(command);
    return all;
  }

  it('gives out commands in order, to the end', async () => {
    for (const text of ['hi', '', '/who', '/dance']) input.submit(text);
    input.end();
    input.submit('too late');
    expect(await commands()).to.deep.equal([
      { type: 'send', message: { content: 'hi' } },
      { type: 'request', request: { type: 'who' } },
      { type: 'invalid' },
    ]);
    expect(answered).to.deep.equal([{ type: 'nothing' }, { type: 'unknown', line: '/dance' }]);
  });

  it('answers nothing before its turn, but the bell at once', () => {
    input.submit('/help');
    input.submit('/bell off');
    expect(answered).to.deep.equal([{ type: 'choice', name: 'bell', choice: 'off' }]);
  });

  it('gives what was typed ahead as a text, too', () => {
    expect(input.takeText()).to.equal(undefined);
    input.submit('/who');
    expect(input.takeText()).to.equal('/who');
  });

  it('refuses a command that is none, or wrong, so that it can be corrected', () => {
    expect(input.refusal('/histroy')).to.equal(
      'There is no /histroy. Did you mean /history? One slash more says it.',
    );
    expect(input.refusal('/xyzzy')).to.equal(
      'There is no /xyzzy. /help shows what there is; one slash more says it.',
    );
    expect(input.refusal('/leave it')).to.match(/stands alone/);
    expect(input.refusal('/history 0')).to.match(/not a number/);
  });

  it('reads lines as it is told to, at once', () => {
    expect(input.refusal('send')).to.equal(undefined);
    input.submit('send one');
    input.style = 'slash';
    input.submit('send one');
    input.submit('leave');
    expect(input.waiting.map(({ content }) => content)).to.deep.equal(['one', 'send one', 'leave']);
  });

  it('refuses a message that is too long, and nothing else', () => {
    input.maxMessageBytes = 4;
    expect(input.refusal('ééé')).to.equal('Too long by 2 bytes: shorten it');
    expect(input.refusal('éé')).to.equal(undefined);
    expect(input.refusal('/history 50')).to.equal(undefined);
  });
});
