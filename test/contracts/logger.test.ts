import { Writable } from 'node:stream';
import { expect } from 'chai';
import { BoundedLogger } from '../../src/adapters/pino/bounded-logger.js';
import { forPeople } from '../../src/adapters/pino/for-people.js';
import { createPinoLogger } from '../../src/adapters/pino/pino-logger.js';
import type { Logger } from '../../src/application/server/service-ports.js';
import { MemoryLogger } from '../doubles/memory-logger.js';

/** A log under test, and what it has written, each entry as text. */
type Subject = readonly [log: Logger, entries: () => string[]];

const ADAPTERS: Record<string, () => Subject> = {
  MemoryLogger: () => {
    const log = new MemoryLogger();
    return [log, () => log.entries.map(entry => JSON.stringify(entry))];
  },
  'pino, bounded': () => {
    const [log, entries] = pinoSubject(false);
    return [new BoundedLogger(log), entries];
  },
  'pino, as JSON': () => pinoSubject(false),
  'pino, for people': () => pinoSubject(true),
};

for (const [name, create] of Object.entries(ADAPTERS)) {
  describe(`Logger: ${name}`, () => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      it(`keeps message and fields of an entry at level ${level}`, () => {
        const [log, entries] = create();
        log[level]({ connection: 7, username: 'carl', code: 'LEFT' }, 'session ended');
        expect(entries()).to.have.length(1);
        expect(entries()[0])
          .to.include('session ended')
          .and.include('7')
          .and.include('carl')
          .and.include('LEFT');
      });
    }

    it('keeps the order', () => {
      const [log, entries] = create();
      for (const message of ['first', 'second', 'third']) log.info({}, message);
      expect(entries().map(entry => /first|second|third/.exec(entry)?.[0])).to.deep.equal([
        'first',
        'second',
        'third',
      ]);
    });
  });
}

describe('Logger: MemoryLogger', () => {
  it('keeps the newest entries only', () => {
    const log = new MemoryLogger(2);
    for (const message of ['first', 'second', 'third']) log.info({}, message);
    expect(log.entries.map(({ message }) => message)).to.deep.equal(['second', 'third']);
  });
});

describe('Logger: pino', () => {
  it('writes one JSON object per line where there is no terminal, and leaves out what is below its level', () => {
    const [log, entries] = pinoSubject(false, 'warn');
    log.info({}, 'not this');
    log.warn({ connection: 1 }, 'this');
    expect(entries().map(entry => JSON.parse(entry))).to.have.nested.property('[0].connection', 1);
    expect(entries()).to.have.length(1);
  });
});

describe('Logger: pino, as JSON, at whatever shows it', () => {
  it('has nothing that acts on a terminal, or turns the writing direction, and says the same', () => {
    const [log, entries] = pinoSubject(false);
    const names = [
      '\u009b2J',
      '\u202ex',
      '\u061cx',
      '\u200fx\u2066',
      'a\n{"msg":"b"}',
      '\u001b[2J',
      '\ud800',
      'é 茶 👩‍🚀',
    ];
    for (const username of names) log.info({ username, code: 'NAME_CHARACTERS' }, 'join refused');
    expect(entries().map(entry => JSON.parse(entry).username)).to.deep.equal(names);
    for (const entry of entries()) expect(entry).not.to.match(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
  });
});

describe('Logger: pino, with addresses of its own', () => {
  it('writes them in place of those that it is given, and all else as it is', () => {
    const [log, entries] = pinoSubject(false, 'debug', address => `near ${address}`);
    log.info({ connection: 1, address: '192.0.2.7' }, 'joined');
    expect(JSON.parse(entries()[0] ?? '')).to.include({ connection: 1, address: 'near 192.0.2.7' });
    log.error({ err: new TypeError('x') }, 'fault');
    expect(JSON.parse(entries()[1] ?? '')).to.have.nested.property('err.type', 'TypeError');
  });
});

describe('Logger: pino, for people', () => {
  const color = process.env.NO_COLOR;
  before(() => {
    process.env.NO_COLOR = '1';
  });
  after(() => {
    if (color === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = color;
  });

  /** What stands after the time. */
  const lines = (fields: object, message: string) => {
    const [log, entries] = pinoSubject(true);
    log.info(fields, message);
    return entries().map(entry => entry.replace(/^\[\d\d:\d\d:\d\d\] /, ''));
  };

  it('writes fields as words, without braces', () => {
    expect(lines({ connection: 1, username: 'carl' }, 'joined')).to.deep.equal([
      'INFO: joined connection=1 username=carl',
    ]);
    expect(lines({}, 'the history is written again')).to.deep.equal(['INFO: the history is written again']);
    const addresses = [
      { host: '127.0.0.1', port: 8081 },
      { host: '::1', port: 8081 },
    ];
    expect(lines({ addresses }, 'listening')).to.deep.equal([
      'INFO: listening addresses=127.0.0.1:8081,[::1]:8081',
    ]);
  });

  it('shows where a value ends, and nothing that acts on the terminal', () => {
    expect(lines({ username: 'anna b', code: '' }, 'joined\u001b[2J')).to.deep.equal([
      'INFO: joined\\u001b[2J username="anna b" code=""',
    ]);
    expect(lines({ username: '\u009b2J\u202ex\u061c' }, 'x')).to.deep.equal([
      'INFO: x username=\\u009b2J\\u202ex\\u061c',
    ]);
  });

  it('says in a line what the system says, and where a fault is in lines below', () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    expect(lines({ err: full }, 'the history cannot be written')).to.deep.equal([
      'INFO: the history cannot be written error="ENOSPC: no space left" code=ENOSPC',
    ]);
    const [first, ...rest] = lines({ connection: 7, err: new TypeError('x is not a function') }, 'fault');
    expect(first).to.equal('INFO: fault connection=7 error="x is not a function"');
    expect(rest.length).to.be.above(0);
    for (const row of rest) expect(row).to.match(/^ {4}at /);
  });
});

function pinoSubject(
  isTTY: boolean,
  level: 'debug' | 'warn' = 'debug',
  addressText?: (address: string) => string,
): Subject {
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = createPinoLogger(level, output, isTTY ? forPeople : undefined, addressText);
  return [log, () => text.trimEnd().split('\n')];
}
