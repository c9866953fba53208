import { expect } from 'chai';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import fc from 'fast-check';
import { encodeJoin, encodeLeave, encodeSend } from '../../../../src/adapters/wire/command-lines.js';
import { decodeCommand, ExtendedSend, Join, Leave, Send } from '../../../../src/adapters/wire/commands.js';
import { ProtocolError } from '../../../../src/adapters/wire/protocol-error.js';
import { escaped } from '../../../support/escaped.js';

const decode = (line: string | Buffer) => decodeCommand(Buffer.from(line));

describe('decodeCommand', () => {
  it('reads the three commands of the basic form', () => {
    expect(decode('{"Join":"carl"}')).to.be.instanceOf(Join).and.include({ username: 'carl' });
    expect(decode('{"Send":{"username":"carl","content":"Hello"}}'))
      .to.be.instanceOf(Send)
      .and.include({ username: 'carl', content: 'Hello' });
    expect(decode('{"Leave":"carl"}')).to.be.instanceOf(Leave).and.include({ username: 'carl' });
  });

  it('does not mind white space, a carriage return, or members that it does not know', () => {
    expect(decode(' { "Join" : "carl" } \r')).to.include({ username: 'carl' });
    expect(decode('{"Send":{"username":"a","content":"b","ref":"7"}}')).to.not.have.property('ref');
  });

  it('reads back what a client writes, whatever the text', () => {
    const text = fc.string({ unit: 'binary' }).filter(text => text.isWellFormed());
    fc.assert(
      fc.property(text, text, (username, content) => {
        for (const line of [encodeJoin({ username }), encodeSend(username, content), encodeLeave(username)]) {
          expect(line.indexOf('\n')).to.equal(line.length - 1);
        }
        expect(decode(encodeJoin({ username }).trimEnd())).to.include({ username });
        expect(decode(encodeSend(username, content).trimEnd())).to.include({ username, content });
        expect(decode(encodeLeave(username).trimEnd())).to.include({ username });
      }),
    );
  });

  const nonsense: [code: string, lines: (string | Buffer)[]][] = [
    [
      'NOT_UTF8',
      [Buffer.from([0xff]), Buffer.from('{"Join":"caf\xe9"}', 'latin1'), Buffer.from([0xc0, 0x80])],
    ],
    [
      'NOT_JSON',
      ['', 'hello', '{', '{"Join":"carl"', '{"Join":"carl"} x', "{'Join':'carl'}", '\ufeff{"Join":"a"}'],
    ],
    [
      'BAD_COMMAND',
      ['null', 'true', '1', '"Join"', '[]', '["Join","carl"]', '{}', '{"Join":"a","Leave":"a"}'],
    ],
    [
      'UNKNOWN_COMMAND',
      ['{"Dance":"carl"}', '{"join":"carl"}', '{"__proto__":{}}', '{"constructor":{}}', '{"":1}'],
    ],
    [
      'BAD_COMMAND',
      ['{"Join":null}', '{"Join":7}', '{"Join":{}}', '{"Join":["carl"]}', '{"Leave":{"username":"a"}}'],
    ],
    [
      'BAD_COMMAND',
      ['{"Send":null}', '{"Send":"hi"}', '{"Send":[]}', '{"Send":{}}', '{"Send":{"username":"a"}}'],
    ],
    [
      'BAD_COMMAND',
      ['{"Send":{"content":"a"}}', '{"Send":{"username":"a","content":1}}', '{"Send":[["username","a"]]}'],
    ],
    [
      'BAD_COMMAND',
      [
        `{"Join":${'['.repeat(4000)}${']'.repeat(4000)}}`,
        `{"Send":{"username":${'{"a":'.repeat(1300)}1${'}'.repeat(1300)}}}`,
      ],
    ],
  ];
  for (const [code, lines] of nonsense) {
    for (const line of lines) {
      const title = escaped(typeof line === 'string' ? line.slice(0, 40) : line.toString('latin1'));
      it(`calls ${title} ${code}`, () => {
        expect(() => decode(line))
          .to.throw(ProtocolError)
          .with.property('code', code);
      });
    }
  }

  it('says what is wrong with a command, for debugging', () => {
    for (const [line, wrong] of [
      ['{"Join":7}', ['username']],
      ['{"Send":{"username":"a"}}', ['content']],
      ['{"Send":{"content":[]}}', ['username', 'content']],
    ] as const) {
      expect(() => decode(line))
        .to.throw(ProtocolError)
        .with.property('cause')
        .that.satisfies(
          (errors: ValidationError[]) => errors.map(({ property }) => property).join() === wrong.join(),
        );
    }
  });

  it('reads a Send on its fast path as the decorators would, or refuses it as they do', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 70 }), fc.constant('x'.repeat(65)));
    const value = fc.oneof({ weight: 3, arbitrary: text }, fc.constantFrom(undefined, null, 7, {}, 'action'));
    const body = fc.record(
      { username: value, content: value, ref: value, kind: value },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, fc.constantFrom('basic' as const, 'extended' as const), (body, form) => {
        const json = JSON.stringify({ Send: body });
        const expected = validated(form === 'basic' ? Send : ExtendedSend, JSON.parse(json).Send);
        if (expected === undefined)
          expect(() => decodeCommand(Buffer.from(json), form)).to.throw(ProtocolError);
        else expect(decodeCommand(Buffer.from(json), form)).to.deep.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('answers any bytes with a command or a ProtocolError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        expect(() => decodeCommand(Buffer.from(bytes))).to.throw(ProtocolError);
      }),
    );
    fc.assert(
      fc.property(fc.json(), json => {
        expect(() => decode(json)).to.throw(ProtocolError);
      }),
    );
  });

  it('refuses an extended Send whose members are not what they should be', () => {
    const bodies = [
      { content: 'hi', username: 'x'.repeat(65) },
      { content: 'hi', ref: 7 },
      { content: 7 },
      'hi',
    ];
    for (const body of bodies)
      expect(() => decodeCommand(Buffer.from(JSON.stringify({ Send: body })), 'extended'))
        .to.throw(ProtocolError)
        .with.property('code', 'BAD_COMMAND');
  });
});

/** What class-transformer and class-validator make of a body; nothing when they refuse it. */
function validated(type: typeof Send | typeof ExtendedSend, body: object): object | undefined {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const command = plainToInstance(type as new () => object, given, { excludeExtraneousValues: true });
  return validateSync(command).length === 0 ? command : undefined;
}
