import { expect } from 'chai';
import type { ChatRequest } from '../../../../src/application/chat-request.js';
import { readPrompt as read } from '../../../../src/application/client/user-command.js';

const readPrompt = (line: string) => read(line, 'commands');

const asking = (request: ChatRequest) => ({ type: 'request', request });

describe('the prompt', () => {
  it('understands plain commands', () => {
    expect(readPrompt('  leave ')).to.deep.equal({ type: 'leave' });
    expect(readPrompt('help')).to.deep.equal({ type: 'help' });
    expect(readPrompt('who')).to.deep.equal(asking({ type: 'who' }));
    expect(readPrompt(' ')).to.deep.equal({ type: 'nothing' });
    expect(readPrompt('dance')).to.deep.equal({ type: 'unknown' });
  });

  it('sends what follows, as it is', () => {
    expect(readPrompt(' send  two   words ')).to.deep.equal({
      type: 'send',
      message: { content: 'two   words' },
    });
    expect(readPrompt('send')).to.deep.equal({ type: 'send', message: { content: '' } });
  });

  it('knows how many messages are wanted', () => {
    expect(readPrompt('history')).to.deep.equal(asking({ type: 'history', limit: 20 }));
    expect(readPrompt('history 50')).to.deep.equal(asking({ type: 'history', limit: 50 }));
    for (const text of ['0', '1001', '-1', 'all', '1.5'])
      expect(readPrompt(`history ${text}`)).to.deep.equal({ type: 'wrong', problem: 'COUNT', text });
  });

  it('searches words, an author, and days of this calendar, the last one to its end', () => {
    expect(readPrompt('search  blue   keys')).to.deep.equal(
      asking({ type: 'search', words: 'blue keys', limit: 20 }),
    );
    expect(readPrompt('search keys from:Jürgen since:2026-03-01 until:2026-03-31 blue')).to.deep.equal(
      asking({
        type: 'search',
        words: 'keys blue',
        from: 'Jürgen',
        since: new Date(2026, 2, 1).getTime(),
        until: new Date(2026, 3, 1).getTime(),
        limit: 20,
      }),
    );
  });

  it('searches by author or day alone, and for words with a colon', () => {
    expect(readPrompt('search from:carl')).to.deep.equal(
      asking({ type: 'search', words: '', from: 'carl', limit: 20 }),
    );
    expect(readPrompt('search http://example.org')).to.have.nested.property(
      'request.words',
      'http://example.org',
    );
  });

  it('never asks for a time before time', () => {
    expect(readPrompt('search since:1960-01-01 x')).to.have.nested.property('request.since', 0);
  });

  it('explains a day that is none', () => {
    for (const text of ['', 'yesterday', '2026-02-30', '2026-13-01', '2026-00-10', '0050-01-01', '1.3.2026'])
      expect(readPrompt(`search x since:${text}`)).to.deep.equal({ type: 'wrong', problem: 'DATE', text });
    expect(readPrompt('search x until:2026-2-3')).to.include({ type: 'wrong', problem: 'DATE' });
  });

  it('searches for something only', () => {
    expect(readPrompt('search')).to.include({ type: 'wrong', problem: 'NOTHING_TO_SEARCH' });
    expect(readPrompt('search from:')).to.include({ type: 'wrong', problem: 'NOTHING_TO_SEARCH' });
  });

  describe('in a talk', () => {
    const talk = (text: string) => read(text, 'talk');
    const said = (content: string) => ({ type: 'send', message: { content } });

    it('says what is typed, as it is typed', () => {
      for (const text of ['hello', ' who is there?', 'history 5', 'leave me alone', 'send', 'two\nlines '])
        expect(talk(text)).to.deep.equal(said(text));
      expect(talk('  \n ')).to.deep.equal({ type: 'nothing' });
    });

    it('knows send and leave as ever', () => {
      expect(talk('send  hello you')).to.deep.equal(said('hello you'));
      expect(talk(' leave ')).to.deep.equal({ type: 'leave' });
    });

    it('takes what begins with a slash for a command, and two slashes for one', () => {
      expect(talk('/who')).to.deep.equal(asking({ type: 'who' }));
      expect(talk('/leave')).to.deep.equal({ type: 'leave' });
      expect(talk('/leave it')).to.deep.equal({ type: 'wrong', problem: 'ALONE', text: 'leave' });
      expect(talk('/history 5')).to.deep.equal(asking({ type: 'history', limit: 5 }));
      expect(talk('/me waves')).to.deep.equal({
        type: 'send',
        message: { content: 'waves', kind: 'action' },
      });
      expect(talk('/dance')).to.deep.equal({ type: 'unknown' });
      expect(talk('/toString')).to.deep.equal({ type: 'unknown' });
      expect(talk('//etc/hosts is a file')).to.deep.equal(said('/etc/hosts is a file'));
    });
  });

  it('takes a command of a script with a slash or without', () => {
    for (const line of ['who', '/who']) expect(readPrompt(line)).to.deep.equal(asking({ type: 'who' }));
    expect(readPrompt('me waves')).to.deep.equal({
      type: 'send',
      message: { content: 'waves', kind: 'action' },
    });
  });
});
