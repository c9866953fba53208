import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import type { Wish } from '../../../../src/adapters/ssh/ssh-session.js';
import { type Ending, type Rooms, visit } from '../../../../src/adapters/ssh/visit.js';

/** What is done for a command: the name of it, and what it is given. */
async function doneFor(command: string | undefined): Promise<[done: unknown, ending: Ending, said: string]> {
  let done: unknown;
  const output = new PassThrough();
  const note = async (what: unknown): Promise<Ending> => {
    done = what;
    return { code: 0 };
  };
  const rooms: Rooms = {
    converse: () => note('converse'),
    who: () => note('who'),
    send: note,
  };
  const visitor = {
    username: 'carl',
    address: undefined,
    provenKey: undefined,
    isForeign: false,
    hasMoreKeys: false,
    entered: () => {},
  };
  const ending = await visit(rooms, { terminal: { output }, command, env: {} } as unknown as Wish, visitor);
  return [done, ending, String(output.read() ?? '')];
}

const sends = (message: string | undefined, more: object = {}) => ({
  message,
  isLines: false,
  splits: false,
  ...more,
});

describe('A visit over ssh', () => {
  const commands: [command: string | undefined, done: unknown][] = [
    [undefined, 'converse'],
    ['  ', 'converse'],
    ['who', 'who'],
    [' who ', 'who'],
    ['send', sends(undefined)],
    ['send hi', sends('hi')],
    ["send  it's  done ", sends("it's  done")],
    ['send two\nlines', sends('two\nlines')],
    ['send --lines', sends(undefined, { isLines: true })],
    ['send --split --lines', sends(undefined, { isLines: true, splits: true })],
    ['send --split hi --lines', sends('hi --lines', { splits: true })],
    ['send --linesman', sends('--linesman')],
  ];
  for (const [command, done] of commands)
    it(`does for ${JSON.stringify(command)} what is meant`, async () => {
      expect(await doneFor(command)).to.deep.equal([done, { code: 0 }, '']);
    });

  for (const command of [
    'ls',
    'sender',
    'who is there',
    '/who',
    'send --lines hi',
    'bash -c "who"',
    'scp -t .',
  ])
    it(`does nothing for ${command}, and says what there is`, async () => {
      const [done, { text, code }] = await doneFor(command);
      expect([done, code]).to.deep.equal([undefined, 2]);
      expect(text).to.match(/^(?:Here is no shell|--lines is for piped input)/);
    });

  it('helps', async () => {
    const [done, ending, said] = await doneFor('help');
    expect([done, ending]).to.deep.equal([undefined, { code: 0 }]);
    expect(said).to.include('who is here');
  });
});
