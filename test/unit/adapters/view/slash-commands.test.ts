import { expect } from 'chai';
import { readScriptLine } from '../../../../src/adapters/terminal/script-line.js';
import { readTyped } from '../../../../src/adapters/view/slash-commands.js';
import type { ChatRequest } from '../../../../src/application/chat-request.js';

const asking = (request: ChatRequest) => ({ type: 'request', request });

describe('a line of a script', () => {
  it('understands plain commands', () => {
    expect(readScriptLine('  leave ')).to.deep.equal({ type: 'leave' });
    expect(readScriptLine('help')).to.deep.equal({ type: 'help', topic: '' });
    expect(readScriptLine('who')).to.deep.equal(asking({ type: 'who' }));
    expect(readScriptLine(' ')).to.deep.equal({ type: 'nothing' });
    expect(readScriptLine('dance')).to.deep.equal({ type: 'unknown', line: 'dance' });
  });

  it('knows the keys of a name', () => {
    expect(readScriptLine('key')).to.deep.equal(asking({ type: 'keys' }));
    const key = 'ssh-ed25519 AAAA me';
    expect(readTyped(`/key add  ${key}`)).to.deep.equal(asking({ type: 'addKey', key }));
    expect(readTyped('/key remove SHA256:x')).to.deep.equal(asking({ type: 'removeKey', key: 'SHA256:x' }));
    for (const text of ['add', 'add ', 'SHA256:x', 'addx y'])
      expect(readScriptLine(`key ${text}`)).to.deep.equal({
        type: 'wrong',
        problem: 'KEY',
        text: text.trim(),
      });
  });

  it('sends what follows, as it is', () => {
    expect(readScriptLine(' send  two   words ')).to.deep.equal({
      type: 'send',
      message: { content: 'two   words' },
    });
    expect(readScriptLine('send')).to.deep.equal({ type: 'send', message: { content: '' } });
  });

  it('knows how many messages are wanted', () => {
    expect(readScriptLine('history')).to.deep.equal(asking({ type: 'history', limit: 20 }));
    expect(readScriptLine('history 50')).to.deep.equal(asking({ type: 'history', limit: 50 }));
    for (const text of ['0', '1001', '-1', 'all', '1.5'])
      expect(readScriptLine(`history ${text}`)).to.deep.equal({ type: 'wrong', problem: 'COUNT', text });
  });

  it('searches words, an author, and days of this calendar, the last one to its end', () => {
    expect(readScriptLine('search  blue   keys')).to.deep.equal(
      asking({ type: 'search', words: 'blue keys', limit: 20 }),
    );
    expect(readScriptLine('search keys from:Jürgen since:2026-03-01 until:2026-03-31 blue')).to.deep.equal(
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

  it('searches for phrases, in which nothing is a filter', () => {
    expect(readScriptLine('search "green  tea" x"from:a b"  from:carl')).to.deep.equal(
      asking({ type: 'search', words: '"green  tea" x"from:a b"', from: 'carl', limit: 20 }),
    );
    expect(readScriptLine('search "from:carl said"')).to.deep.equal(
      asking({ type: 'search', words: '"from:carl said"', limit: 20 }),
    );
    expect(readScriptLine('search "green from:carl')).to.deep.equal(
      asking({ type: 'search', words: '"green', from: 'carl', limit: 20 }),
    );
  });

  it('searches by author or day alone, and for words with a colon', () => {
    expect(readScriptLine('search from:carl')).to.deep.equal(
      asking({ type: 'search', words: '', from: 'carl', limit: 20 }),
    );
    expect(readScriptLine('search http://example.org')).to.have.nested.property(
      'request.words',
      'http://example.org',
    );
  });

  it('never asks for a time before time', () => {
    expect(readScriptLine('search since:1960-01-01 x')).to.have.nested.property('request.since', 0);
  });

  it('explains a day that is none', () => {
    for (const text of ['', 'yesterday', '2026-02-30', '2026-13-01', '2026-00-10', '0050-01-01', '1.3.2026'])
      expect(readScriptLine(`search x since:${text}`)).to.deep.equal({
        type: 'wrong',
        problem: 'DATE',
        text,
      });
    expect(readScriptLine('search x until:2026-2-3')).to.include({ type: 'wrong', problem: 'DATE' });
  });

  it('searches for something only', () => {
    expect(readScriptLine('search')).to.include({ type: 'wrong', problem: 'NOTHING_TO_SEARCH' });
    expect(readScriptLine('search from:')).to.include({ type: 'wrong', problem: 'NOTHING_TO_SEARCH' });
  });

  describe('what a person types', () => {
    const said = (content: string) => ({ type: 'send', message: { content } });

    it('says what is typed, as it is typed', () => {
      for (const text of ['hello', ' who is there?', 'history 5', 'leave me alone', 'send', 'two\nlines '])
        expect(readTyped(text)).to.deep.equal(said(text));
      expect(readTyped('  \n ')).to.deep.equal({ type: 'nothing' });
    });

    it('knows send and leave as ever', () => {
      expect(readTyped('send  hello you')).to.deep.equal(said('hello you'));
      expect(readTyped(' leave ')).to.deep.equal({ type: 'leave' });
    });

    it('takes what begins with a slash for a command, and two slashes for one', () => {
      expect(readTyped('/who')).to.deep.equal(asking({ type: 'who' }));
      expect(readTyped('/leave')).to.deep.equal({ type: 'leave' });
      expect(readTyped('/leave it')).to.deep.equal({ type: 'wrong', problem: 'ALONE', text: 'leave' });
      expect(readTyped('/history 5')).to.deep.equal(asking({ type: 'history', limit: 5 }));
      expect(readTyped('/me waves')).to.deep.equal({
        type: 'send',
        message: { content: 'waves', kind: 'action' },
      });
      expect(readTyped('/dance')).to.deep.equal({ type: 'unknown', line: '/dance' });
      expect(readTyped('/toString')).to.deep.equal({ type: 'unknown', line: '/toString' });
      expect(readTyped('/bell  off ')).to.deep.equal({ type: 'choice', name: 'bell', choice: 'off' });
      expect(readTyped('//etc/hosts is a file')).to.deep.equal(said('/etc/hosts is a file'));
    });

    it('takes words for commands only where that is wanted', () => {
      for (const text of ['send me the log please', 'leave', 'send'])
        expect(readTyped(text, 'slash')).to.deep.equal(said(text));
      expect(readTyped('/leave', 'slash')).to.deep.equal({ type: 'leave' });
    });

    it('says paths, and whatever else only begins with a slash', () => {
      for (const text of [
        '/usr/bin/foo is missing',
        '/etc/',
        '/ init',
        '/',
        '/.*x/',
        '/1',
        '/:',
        '/foo.txt is gone',
        '/o\\',
      ])
        expect(readTyped(text), text).to.deep.equal(said(text));
    });

    it('takes nothing of several lines for a command', () => {
      for (const text of ['// init\nrun();', '/leave\nnow', 'send a\nb', '/me does\nthis'])
        expect(readTyped(text), text).to.deep.equal(said(text));
    });

    it('knows commands in any case, and by the names that they have elsewhere', () => {
      for (const text of ['/quit', '/exit', '/QUIT', '/Leave', '/q', '/bye'])
        expect(readTyped(text), text).to.deep.equal({ type: 'leave' });
      for (const text of ['/names', '/Who', '/users'])
        expect(readTyped(text)).to.deep.equal(asking({ type: 'who' }));
      for (const text of ['/clear', '/cls']) expect(readTyped(text)).to.deep.equal({ type: 'clear' });
      expect(readTyped('/find tea')).to.deep.equal(readTyped('/search tea'));
      expect(readTyped('/?')).to.deep.equal({ type: 'help', topic: '' });
    });

    it('says to nobody what was meant for one: there are no private messages', () => {
      for (const text of [
        '/msg anna secret',
        '/w anna secret',
        '/tell anna secret',
        '/dm anna secret',
        '/query anna',
      ])
        expect(readTyped(text), text).to.not.have.property('type', 'send');
    });

    it('tells which command may have been meant', () => {
      for (const [typed, nearest] of [
        ['/histroy', 'history'],
        ['/serach tea', 'search'],
        ['/hepl', 'help'],
        ['/leav', 'leave'],
        ['/exits', 'leave'],
        ['/presense', 'presence'],
      ])
        expect(readTyped(typed ?? '')).to.deep.equal({ type: 'unknown', line: typed, nearest });
    });

    it('reads which message is meant', () => {
      expect(readTyped('/around')).to.deep.equal({ type: 'around', which: 1 });
      expect(readTyped('/around #3')).to.deep.equal({ type: 'around', which: 3 });
      expect(readTyped('/around x')).to.include({ type: 'wrong', problem: 'COUNT' });
      for (const type of ['expand', 'reconnect', 'more', 'clear']) {
        expect(readTyped(`/${type}`)).to.deep.equal({ type });
        expect(readTyped(`/${type} it`)).to.include({ type: 'wrong', problem: 'ALONE' });
      }
      expect(readTyped('/help Keys')).to.deep.equal({ type: 'help', topic: 'keys' });
      expect(readTyped('/ignore  anna ')).to.deep.equal({ type: 'choice', name: 'ignore', choice: 'anna' });
    });
  });

  it('takes a command of a script with a slash or without, and knows no bell', () => {
    expect(readScriptLine('/bell off')).to.include({ type: 'unknown', line: '/bell off' });
    for (const line of ['who', '/who']) expect(readScriptLine(line)).to.deep.equal(asking({ type: 'who' }));
    expect(readScriptLine('me waves')).to.deep.equal({
      type: 'send',
      message: { content: 'waves', kind: 'action' },
    });
  });
});
