import { expect } from 'chai';
import { Login, type LoginAnswer, type LoginRequest } from '../../../../src/adapters/ssh/login.js';

const NONE = { method: 'none' } as const;
const QUESTIONS = { method: 'keyboard-interactive' } as const;
const asks = (key: string | undefined): LoginRequest => ({ method: 'publickey', key });
const shows = (key: string, isRight = true): LoginRequest =>
  ({ ...asks(key), isSigned: () => isRight }) as LoginRequest;

/** A login under a name that belongs to these keys; to nobody when there are none. */
function login(...owners: string[]): Login {
  return new Login('carl', async (_, key) => owners.length === 0 || owners.includes(key));
}

async function answers(subject: Login, ...requests: LoginRequest[]): Promise<LoginAnswer[]> {
  const all: LoginAnswer[] = [];
  for (const request of requests) all.push(await subject.answer(request));
  return all;
}

describe('Login', () => {
  it('takes the first key that is shown, under a name that is nobody’s', async () => {
    const subject = login();
    expect(await answers(subject, NONE, asks('one'), shows('one'))).to.deep.equal(['no', 'yes', 'yes']);
    expect([subject.provenKey, subject.isForeign]).to.deep.equal(['one', false]);
  });

  it('lets somebody without a key in by no questions', async () => {
    const subject = login();
    expect(await answers(subject, NONE, QUESTIONS)).to.deep.equal(['no', 'yes']);
    expect([subject.provenKey, subject.isForeign]).to.deep.equal([undefined, false]);
  });

  it('finds the owner’s key among several, of which it has the first shown only', async () => {
    const subject = login('three');
    const all = [NONE, asks('one'), shows('one'), asks('two'), shows('two'), asks('three'), shows('three')];
    expect(await answers(subject, ...all)).to.deep.equal(['no', 'yes', 'no', 'no', 'no', 'yes', 'yes']);
    expect([subject.provenKey, subject.isForeign]).to.deep.equal(['three', false]);
  });

  it('knows which key somebody has shown who has none of the owner’s', async () => {
    const subject = login('three');
    const all = [asks('one'), shows('one'), asks('two'), QUESTIONS];
    expect(await answers(subject, ...all)).to.deep.equal(['yes', 'no', 'no', 'yes']);
    expect([subject.provenKey, subject.isForeign]).to.deep.equal(['one', true]);
  });

  it('believes in no key that was not shown, or with a wrong signature', async () => {
    for (const subject of [login(), login('three')]) {
      expect(await answers(subject, asks('one'), shows('one', false), QUESTIONS)).to.deep.equal([
        'yes',
        'no',
        'yes',
      ]);
      expect([subject.provenKey, subject.isForeign]).to.deep.equal([undefined, false]);
    }
  });

  it('looks at twelve keys, and lets somebody with more in by no questions, with the first that they have shown', async () => {
    const subject = login('owner');
    const keys = Array.from({ length: 12 }, (_, n) => asks(`key ${n}`));
    const first = [NONE, asks('key 0'), shows('key 0')];
    expect(await answers(subject, ...first)).to.deep.equal(['no', 'yes', 'no']);
    expect(await answers(subject, ...keys.slice(1, 11))).to.deep.equal(Array(10).fill('no'));
    const late = await answers(subject, asks('key 11'), asks('owner'), QUESTIONS);
    expect(late).to.deep.equal(['no more keys', 'no more keys', 'yes']);
    expect([subject.provenKey, subject.isForeign]).to.deep.equal(['key 0', true]);
  });

  it('takes no key of a type that cannot be used, no password, and sixteen tries', async () => {
    const subject = login();
    const all = Array.from({ length: 8 }, (): LoginRequest[] => [
      asks(undefined),
      { method: 'other' },
    ]).flat();
    expect(await answers(subject, ...all)).to.deep.equal([
      ...Array(12).fill('no'),
      ...Array(4).fill('no more keys'),
    ]);
    expect(await answers(subject, NONE)).to.deep.equal(['hang up']);
  });
});
