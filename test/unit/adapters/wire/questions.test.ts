import { expect } from 'chai';
import { encodeRequest } from '../../../../src/adapters/wire/command-lines.js';
import { decodeCommand } from '../../../../src/adapters/wire/commands.js';
import { ProtocolError } from '../../../../src/adapters/wire/protocol-error.js';
import { Question } from '../../../../src/adapters/wire/questions.js';
import { type ChatRequest, DEFAULT_ANSWER } from '../../../../src/application/chat-request.js';

/** What a line asks for, without what is `undefined`. */
function asked(line: string): unknown {
  const question = decodeCommand(Buffer.from(line.trimEnd()), 'extended');
  if (!(question instanceof Question)) throw new Error('no question');
  return JSON.parse(JSON.stringify(question.request()));
}

describe('a question', () => {
  const requests: ChatRequest[] = [
    { type: 'who' },
    { type: 'history', limit: 20, before: 100 },
    { type: 'search', words: 'keys', from: 'carl', since: 1, until: 2, before: 9, limit: 3 },
    { type: 'keys' },
    { type: 'addKey', key: 'K' },
    { type: 'removeKey', key: 'K' },
    { type: 'moderate', action: 'ban', target: 'carl', ms: 1000, reason: 'spam' },
    { type: 'moderate', action: 'delete', seq: 7 },
    { type: 'bans' },
  ];
  for (const request of requests)
    it(`asks for what a client wants: ${JSON.stringify(request).replaceAll('"', '')}`, () => {
      expect(asked(encodeRequest('r', request))).to.deep.equal(request);
    });

  it('asks for as much as is usual where it does not say how much', () => {
    expect(asked('{"History":{}}')).to.deep.equal({ type: 'history', limit: DEFAULT_ANSWER });
    expect(asked('{"Search":{}}')).to.deep.equal({ type: 'search', words: '', limit: DEFAULT_ANSWER });
  });

  it('is no command where an action misses what it needs', () => {
    for (const body of ['{"action":"ban"}', '{"action":"slow"}', '{"action":"delete"}'])
      expect(() => asked(`{"Moderate":${body}}`), body)
        .to.throw(ProtocolError)
        .with.property('code', 'BAD_COMMAND');
  });

  it('is no command with an action that nobody knows', () => {
    expect(() => decodeCommand(Buffer.from('{"Moderate":{"action":"dance"}}'), 'extended')).to.throw(
      ProtocolError,
    );
  });
});
