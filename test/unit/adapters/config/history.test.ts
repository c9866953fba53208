import { expect } from 'chai';
import {
  historyKind,
  historyOf,
  historyProblem,
  shownHistory,
} from '../../../../src/adapters/config/history.js';

const NOBODY = { user: undefined, password: undefined, token: undefined };

describe('the place of the history', () => {
  const places: [text: string, meant: object][] = [
    ['sqlite', { kind: 'sqlite' }],
    ['memory', { kind: 'memory' }],
    [
      'nats://broker',
      { kind: 'nats', servers: ['broker:4222'], isEncrypted: false, ...NOBODY, place: 'nats://broker' },
    ],
    [
      'nats://one:1,nats://two:2',
      {
        kind: 'nats',
        servers: ['one:1', 'two:2'],
        isEncrypted: false,
        ...NOBODY,
        place: 'nats://one:1,nats://two:2',
      },
    ],
    [
      'tls://carl:p%40ss%2Cword@[::1]:4333, other',
      {
        kind: 'nats',
        servers: ['[::1]:4333', 'other:4222'],
        isEncrypted: true,
        user: 'carl',
        password: 'p@ss,word',
        token: undefined,
        place: 'tls://[::1]:4333,tls://other',
      },
    ],
    [
      'nats://t0ken@192.0.2.1/',
      {
        kind: 'nats',
        servers: ['192.0.2.1:4222'],
        isEncrypted: false,
        ...NOBODY,
        token: 't0ken',
        place: 'nats://192.0.2.1',
      },
    ],
  ];
  for (const [text, meant] of places) {
    it(`understands ${text}`, () => {
      expect(historyProblem(text)).to.equal(undefined);
      expect(historyOf(text)).to.deep.equal(meant);
      expect(historyKind(text)).to.equal(historyOf(text).kind);
    });
  }

  const wrong = [
    'postgres',
    'broker:4222',
    'http://broker',
    'nats://',
    'nats://user:secret@one,http://two',
    'nats://user:secret@one,',
    'nats://user:secret@one/path',
    'nats://user:secret@one?x=1',
    'nats://user:sec%ret@one',
    'nats://user:sec@ret@one:x',
    'nats://user:secret@one,nats://other:secret@two',
  ];
  for (const text of wrong) {
    it(`does not take ${text}, and repeats nothing of it`, () => {
      expect(historyProblem(text)).to.match(/^(is|names) .*\.$/);
      expect(historyProblem(text)).to.not.match(/secret|sec%ret/);
    });
  }

  it('is shown without a password or a token', () => {
    expect(shownHistory('nats://carl:secret@one,two:5')).to.equal('nats://carl:***@one,nats://two:5');
    expect(shownHistory('tls://secret@one')).to.equal('tls://***@one');
    for (const text of ['sqlite', 'memory', 'nats://one,nats://two:5', 'nonsense'])
      expect(shownHistory(text)).to.equal(text);
  });
});
