import fc from 'fast-check';

// What a server may send that means no good, or is broken: every field of every type and size, in any line.

/** Texts that would act on a terminal, or hide. */
const DANGEROUS = [
  ...[
    '\u001b[5;41mred',
    '\u001b]0;title\u0007',
    '\u001b]52;c;aGk=\u001b\\',
    '\u009b2J',
    'x\u0085',
    '\u0000\u007f',
  ],
  ...[
    '\u202eevil',
    '\u2066\u2069',
    '\u200b\u200d\ufeff',
    '\u2028\u2029',
    'a\nb\r\nc\td',
    '\ud800',
    '\udc00x',
  ],
];

/** Texts that are as they should be, mean something elsewhere, or cost much. */
const TEXTS = [
  ...['', 'hi', 'carl', 'Joined', 'Left', 'chatty', '/quit', 'message', 'action', 'joined', 'left'],
  ...['👩‍👩‍👧', '\u0301'.repeat(300), 'ﷺ', '__proto__', 'constructor', 'toString'],
  ...['STOPPING', 'REPLACED', 'TOO_SLOW', 'SILENT', 'NAME_RESERVED', 'q1', 'q2', '1'],
];

/** What long texts are made of. */
const PIECES = [
  'x',
  'word ',
  '你',
  'a\u0301',
  '\u001b',
  '\u202e',
  '\n',
  ',carl',
  'http://a/ ',
  '👍🏽',
  '"',
  '\u0000',
];

const long = fc
  .tuple(fc.constantFrom(...PIECES), fc.constantFrom(200, 2000, 20_000))
  .map(([piece, times]) => piece.repeat(times).slice(0, 20_000));

/** Any text. */
export const hostileText = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...DANGEROUS) },
  { weight: 5, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: long },
);

/** Numbers at every edge, and some that are none: JSON knows no others. */
const number = fc.oneof(
  fc.nat(100),
  fc.constantFrom(
    -0,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 53,
    2 ** 53 - 1,
    8.64e15,
    8.64e15 + 1,
    Date.now(),
  ),
);

const anything = fc.oneof(
  fc.constantFrom(null, true, false, [], {}, [[[[[[]]]]]]),
  number,
  hostileText,
  fc.jsonValue({ maxDepth: 3 }),
);

/** Mostly as it should be: what is wrong everywhere is refused at once, and nothing behind it is seen. */
function mostly<T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: anything });
}

const whole = fc.oneof(
  { weight: 4, arbitrary: fc.nat(50) },
  { weight: 1, arbitrary: fc.nat() },
  fc.constantFrom(2 ** 53 - 1, 0),
);
const seq = mostly(whole);
const text = mostly(hostileText);
const ref = mostly(fc.constantFrom('q1', 'q2', 'q3', 'q4', 'unknown'));
const done = mostly(fc.boolean());
const at = mostly(fc.oneof(fc.constantFrom(0, Date.now(), 2 ** 53 - 1, 8.64e15), fc.nat()));
const kind = mostly(fc.constantFrom('message', 'action', 'joined', 'left'));
const names = mostly(fc.array(hostileText, { maxLength: 6 }));

const memo = fc.record(
  { username: text, content: text, seq, at, kind },
  { requiredKeys: ['username', 'content'] },
);
const memos = mostly(fc.array(mostly(memo), { maxLength: 5 }));

const welcome = fc.record({
  username: text,
  content: text,
  resume: text,
  epoch: mostly(fc.constantFrom('one', 'two')),
  seq,
  head: seq,
  resumed: mostly(fc.boolean()),
  users: names,
  count: seq,
  graceMs: seq,
  silenceMs: mostly(fc.constantFrom(0, 1, 1000, 30_000, 1e12, 2 ** 53 - 1)),
  maxMessageBytes: mostly(fc.constantFrom(0, 1, 4096, 2 ** 53 - 1)),
});

const BODIES: Record<string, fc.Arbitrary<unknown>> = {
  Joined: fc.oneof(
    memo,
    welcome,
    fc.tuple(welcome, memo).map(([all, gap]) => ({ ...all, gap: { from: gap.seq, to: gap.at } })),
  ),
  Duplicate: fc.record({ username: text, content: text, awayMs: seq, freeInMs: seq }),
  Broadcast: memo,
  Accepted: fc.record({ ref, seq, at }),
  Refused: fc.record({ ref, code: text, content: text }, { requiredKeys: ['code', 'content'] }),
  Closing: fc.record({ code: text, content: text, seq }),
  Pong: seq,
  Delayed: fc.record({ ms: mostly(fc.constantFrom(0, 1, 2000, 2 ** 53 - 1)) }),
  Users: fc.record({ ref, users: names, away: names, done }, { requiredKeys: ['users', 'away', 'done'] }),
  History: fc.record({ ref, memos, done }, { requiredKeys: ['memos', 'done'] }),
  Found: fc.record({ ref, memos, done }, { requiredKeys: ['memos', 'done'] }),
};

const TYPES = [...Object.keys(BODIES), '__proto__', 'constructor', 'Rooms', ''];

/** One line, without its end, of a response that means no good. */
export const hostileLine: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc
      .constantFrom(...Object.keys(BODIES))
      .chain(type =>
        (BODIES[type] ?? anything).map(body => `{${JSON.stringify(type)}:${JSON.stringify(body)}}`),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...TYPES),
        fc.oneof(anything, fc.constant({ ['__proto__']: { username: 'x', content: 'y' } })),
      )
      .map(([type, body]) => `{${JSON.stringify(type)}:${JSON.stringify(body)}}`),
  },
  { weight: 2, arbitrary: fc.json() },
  { weight: 2, arbitrary: hostileText.map(some => some.replaceAll('\n', '')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{"Delayed":{"ms":-0}}',
      '{"Pong":-0}',
      '['.repeat(5000),
      '{"a":'.repeat(5000),
      '{"Users":[',
      '"',
      '{}',
      '[]',
      '',
    ),
  },
);

const WELCOME = {
  username: 'carl',
  content: 'Warm Welcome',
  resume: 'token',
  epoch: 'one',
  seq: 0,
  head: 0,
  resumed: false,
  users: ['carl'],
  count: 1,
  graceMs: 60_000,
  silenceMs: 45_000,
  maxMessageBytes: 4096,
};

/** A Joined of the extended form, as a server sends it. */
export const GOOD_WELCOME = `${JSON.stringify({ Joined: WELCOME })}\n`;

/** A Joined that is one, with numbers and words that no server sends. */
export const hostileWelcome: fc.Arbitrary<string> = fc
  .record({
    username: hostileText,
    content: hostileText,
    users: fc.array(hostileText, { maxLength: 6 }),
    seq: whole,
    head: whole,
    count: whole,
    silenceMs: whole,
    maxMessageBytes: whole,
  })
  .map(more => `${JSON.stringify({ Joined: { ...WELCOME, ...more } })}\n`);
