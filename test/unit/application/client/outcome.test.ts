import { expect } from 'chai';
import type { JoinAnswer } from '../../../../src/application/client/client-connection.js';
import {
  disconnectionAt,
  disconnectionOf,
  mayPass,
  outcomeAfter,
  outcomeOf,
} from '../../../../src/application/client/outcome.js';
import type { LinkEnd } from '../../../../src/application/client/ports.js';

const taken = { type: 'NAME_TAKEN', username: 'carl' } as const;
const refused = { type: 'REFUSED', reason: 'No.' } as const;

describe('the outcome of a membership', () => {
  const ends: [end: LinkEnd, outcome: string, outage: string][] = [
    ['CLOSED', 'LEFT', 'LOST'],
    ['LOST', 'LOST', 'LOST'],
    ['BEHIND', 'LOST', 'BEHIND'],
    ['SERVER_STOPPING', 'SERVER_STOPPING', 'SERVER_STOPPING'],
    ['NOT_CHATTY', 'NOT_CHATTY', 'LOST'],
    ['NOT_UNDERSTOOD', 'NOT_CHATTY', 'LOST'],
    ['REPLACED', 'REPLACED', 'LOST'],
  ];
  for (const [end, type, code] of ends) {
    it(`is ${type} when the link ends ${end} before it began, and the outage of a member is ${code}`, () => {
      const answer: JoinAnswer = { type: 'ENDED', end };
      expect(outcomeOf(answer, 'carl')).to.deep.equal({ type });
      const final = end === 'REPLACED' && { end: { type: 'REPLACED' } };
      expect(disconnectionOf(answer, 'carl')).to.deep.equal({ outage: { code }, ...final });
      expect(disconnectionAt(end)).to.deep.equal({ outage: { code }, ...final });
    });
  }

  it('is told when to come back by a server that stops', () => {
    expect(disconnectionAt('SERVER_STOPPING', '', 700)).to.deep.equal({
      outage: { code: 'SERVER_STOPPING' },
      retryAfterMs: 700,
    });
  });

  it('is final when an operator has put the member out, with what the server says of it', () => {
    expect(disconnectionAt('PUT_OUT', 'Not for an hour.')).to.deep.equal({
      outage: { code: 'SERVER_SAYS', notice: 'Not for an hour.' },
      end: { type: 'NOT_ADMITTED', reason: 'Not for an hour.' },
    });
  });

  it('is final when a key was not proven, and when the server refuses it', () => {
    const foreign = { type: 'NOT_PROVEN', why: 'FOREIGN', asked: 'one', reached: 'another' } as const;
    expect(outcomeOf(foreign, 'carl')).to.deep.equal(foreign);
    expect(disconnectionOf(foreign, 'carl')).to.deep.equal({ outage: { code: 'NOT_PROVEN' }, end: foreign });
    expect(mayPass(foreign, 'all')).to.equal(false);
    const wrong = { type: 'REFUSED', reason: 'No.', code: 'KEY_WRONG' } as const;
    expect(mayPass(wrong, 'all')).to.equal(false);
    expect(disconnectionOf(wrong, 'carl').end).to.deep.equal({ type: 'NOT_ADMITTED', reason: 'No.' });
  });

  it('is not decided while the server says when it works again', () => {
    const later = { type: 'REFUSED', reason: 'Later.', code: 'TOO_MANY_JOINS', retryAfterMs: 5 } as const;
    expect(mayPass(later, 'none')).to.equal(true);
    expect(disconnectionOf(later, 'carl')).to.deep.equal({ outage: { code: 'CROWDED' }, retryAfterMs: 5 });
    expect(outcomeOf(later, 'carl')).to.deep.equal({ type: 'NOT_ADMITTED', reason: 'Later.' });
  });

  it('tells the name that is taken, and gives it up while reconnecting only if it stays taken', () => {
    expect(outcomeOf({ type: 'NAME_TAKEN' }, 'carl')).to.deep.equal(taken);
    const holder = { awayMs: 1, freeInMs: 2 };
    expect(outcomeOf({ type: 'NAME_TAKEN', holder }, 'carl')).to.deep.equal({ ...taken, holder });
    expect(disconnectionOf({ type: 'NAME_TAKEN' }, 'carl')).to.deep.equal({
      outage: { code: 'NAME_TAKEN' },
      end: taken,
    });
  });

  it('is the reason of the server when it does not admit somebody, and whether that is about the name', () => {
    const end = { type: 'NOT_ADMITTED', reason: 'No.', aboutName: true };
    const outage = { code: 'SERVER_SAYS', notice: 'No.' };
    expect(outcomeOf(refused, 'carl')).to.deep.equal({ type: 'NOT_ADMITTED', reason: 'No.' });
    expect(outcomeOf({ ...refused, code: 'DISK_FULL' }, 'carl')).to.not.have.property('aboutName');
    expect(outcomeOf({ ...refused, code: 'NAME_RESERVED' }, 'carl')).to.deep.equal(end);
    // A disk that is full may have room again.
    expect(disconnectionOf({ ...refused, code: 'DISK_FULL' }, 'carl')).to.deep.equal({ outage });
    expect(disconnectionOf({ ...refused, code: 'NAME_TOO_LONG' }, 'carl')).to.deep.equal({ outage, end });
  });

  it('knows what is no chat server, and what does not answer', () => {
    expect(outcomeOf({ type: 'STRANGE' }, 'carl')).to.deep.equal({ type: 'NOT_CHATTY' });
    expect(outcomeOf({ type: 'NO_ANSWER' }, 'carl')).to.deep.equal({ type: 'NO_ANSWER' });
    for (const [type, code] of [
      ['STRANGE', 'NOT_CHATTY'],
      ['NOT_REACHED', 'NOT_REACHED'],
      ['NO_ANSWER', 'NO_ANSWER'],
    ] as const)
      expect(disconnectionOf({ type }, 'carl')).to.deep.equal({ outage: { code } });
    const other = { type: 'NOT_REACHED', code: 'OTHER_KEY' } as const;
    expect(disconnectionOf(other, 'carl')).to.deep.equal({ outage: { code: 'OTHER_KEY' } });
  });

  it('says what the server said where there is no known end', () => {
    expect(disconnectionAt(undefined, 'Because.')).to.deep.equal({
      outage: { code: 'SERVER_SAYS', notice: 'Because.' },
    });
  });

  it('is SERVER_STOPPING after a stop, and LOST after any other outage', () => {
    expect(outcomeAfter({ code: 'SERVER_STOPPING' })).to.deep.equal({ type: 'SERVER_STOPPING' });
    for (const code of ['LOST', 'BEHIND', 'NOT_REACHED'] as const)
      expect(outcomeAfter({ code })).to.deep.equal({ type: 'LOST' });
  });
});

describe('mayPass', () => {
  const answers: [answer: Parameters<typeof mayPass>[0], passes: boolean][] = [
    [{ type: 'NAME_TAKEN' }, true],
    [{ type: 'NAME_TAKEN', holder: { awayMs: 1, freeInMs: 2 } }, true],
    [{ type: 'REFUSED', code: 'DISK_FULL', reason: 'The disk is full.' }, true],
    [{ type: 'REFUSED', code: 'NAME_RESERVED', reason: 'The name is reserved.' }, false],
    [{ type: 'REFUSED', code: 'ENCRYPTION_NEEDED', reason: 'Encrypt.' }, false],
    [{ type: 'ENDED', end: 'SERVER_STOPPING' }, true],
    [{ type: 'ENDED', end: 'NOT_CHATTY' }, false],
    [{ type: 'NO_ANSWER' }, false],
  ];
  for (const [answer, passes] of answers) {
    it(`is ${passes} for ${JSON.stringify(answer)}`, () => {
      expect(mayPass(answer, 'all')).to.equal(passes);
      expect(mayPass(answer, 'none')).to.equal(false);
      const isTaken = answer.type === 'NAME_TAKEN' && answer.holder === undefined;
      expect(mayPass(answer, 'unless taken')).to.equal(passes && !isTaken);
    });
  }
});
