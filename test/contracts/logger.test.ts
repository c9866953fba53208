import { Writable } from 'node:stream';
import { expect } from 'chai';
import { forPeople } from '../../src/adapters/pino/for-people.js';
import { createPinoLogger } from '../../src/adapters/pino/pino-logger.js';
import type { Logger } from '../../src/application/server/ports.js';
import { MemoryLogger } from '../doubles/memory-logger.js';

/** A log under test, and what it has written, each entry as text. */
type Subject = readonly [log: Logger, entries: () => string[]];

const ADAPTERS: Record<string, () => Subject> = {
  MemoryLogger: () => {
    const log = new MemoryLogger();
    return [log, () => log.entries.map(entry => JSON.stringify(entry))];
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

function pinoSubject(isTTY: boolean, level: 'debug' | 'warn' = 'debug'): Subject {
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = createPinoLogger(level, output, isTTY ? forPeople : undefined);
  return [log, () => text.trimEnd().split('\n')];
}
