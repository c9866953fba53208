import { expect } from 'chai';
import fc from 'fast-check';
import {
  encodeExtendedSend,
  encodeJoin,
  encodeLeave,
  encodePing,
  encodeSend,
} from '../../src/adapters/wire/command-lines.js';
import { type Command, decodeCommand, type Form } from '../../src/adapters/wire/commands.js';
import { MAX_REF_LENGTH } from '../../src/adapters/wire/constraints.js';
import { ProtocolError } from '../../src/adapters/wire/protocol-error.js';
import { hostileText } from '../support/hostile-responses.js';
import { target } from './target.js';

const VERBS = [
  'Join',
  'Send',
  'Leave',
  'Ping',
  'Who',
  'History',
  'Search',
  '__proto__',
  'constructor',
  'toString',
  '',
];
const MEMBERS = [
  ...['username', 'content', 'ref', 'kind', 'limit', 'before', 'since', 'until', 'words', 'from', 'id'],
  ...['history', 'resume', 'epoch', 'attempt', '__proto__', 'constructor', 'request'],
];
const value = fc.oneof(
  hostileText,
  fc.constantFrom(0, -0, 1, -1, 0.5, 1e308, 2 ** 53, null, true, [], {}, 'action'),
  fc.jsonValue({ maxDepth: 2 }),
);
const body = fc.oneof(
  value,
  fc
    .array(fc.tuple(fc.constantFrom(...MEMBERS), value), { maxLength: 6 })
    .map(entries => Object.fromEntries(entries)),
);
const command = fc
  .tuple(fc.constantFrom(...VERBS), body)
  .map(([verb, some]) => JSON.stringify({ [verb]: some }));
const line = fc.oneof(
  { weight: 12, arbitrary: command.map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.json().map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('['.repeat(8000), '{"Who":'.repeat(900)).map(text => Buffer.from(text)),
  },
);
const form = fc.constantFrom<Form>('basic', 'extended');

const CODES = ['NOT_UTF8', 'NOT_JSON', 'UNKNOWN_COMMAND', 'BAD_COMMAND'];

/** Whatever the line: a command of the right form comes out, or a ProtocolError, and nothing else. */
export const wireCommands = target(
  fc.property(line, form, (bytes, given) => {
    const read = outcomeOf(bytes, given);
    if (typeof read === 'string') expect(CODES).to.include(read);
    else expectOfRightForm(read);
  }),
  3000,
);

/** What a client writes is read as what it was. */
export const writtenCommands = target(
  fc.property(
    hostileText,
    hostileText,
    fc.string({ maxLength: MAX_REF_LENGTH }),
    fc.nat(),
    (name, content, ref, id) => {
      const read = (text: string, given: Form) => ({ ...decodeCommand(Buffer.from(text), given) });
      const [username, said] = [name.toWellFormed(), content.toWellFormed()];
      expect(read(encodeSend(username, said), 'basic')).to.deep.equal({ username, content: said });
      expect(read(encodeJoin({ username }), 'basic')).to.deep.equal({ username });
      expect(read(encodeLeave(username), 'extended')).to.deep.equal({ username });
      expect(read(encodePing(id), 'extended')).to.deep.equal({ id });
      expect(read(encodeExtendedSend({ content: said }, ref), 'extended')).to.include({ content: said, ref });
    },
  ),
  1000,
);

function outcomeOf(bytes: Buffer, given: Form): Command | string {
  try {
    return decodeCommand(bytes, given);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

function expectOfRightForm(read: Command): void {
  for (const [member, some] of Object.entries(read)) {
    if (some === undefined) continue;
    if (typeof some === 'number') expect(Number.isSafeInteger(some) && some >= 0, member).to.equal(true);
    else expect(some, member).to.be.a('string');
    if (member === 'ref') expect(String(some).length).to.be.at.most(MAX_REF_LENGTH);
  }
}
