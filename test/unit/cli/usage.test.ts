import { expect } from 'chai';
import { isUsageError, type UsageError, usageText } from '../../../src/cli/usage.js';

describe('what is said about a wrong command line', () => {
  const known = { commands: ['client:join', 'client:send', 'server:start', 'help'], flags: ['host', 'port'] };
  const error = (message: string, more: Partial<UsageError> = {}) =>
    Object.assign(new Error(message), more) as UsageError;
  const text = (id: string, problem = error('')) => usageText(problem, { id, ...known });

  const unknown: [id: string, hint: string][] = [
    ['client:jion', ' Did you mean chatty client:join?'],
    ['join', ' Did you mean chatty client:join?'],
    ['hlp', ' Did you mean chatty help?'],
    ['x', ''],
    ['frobnicate', ''],
    ['', ''],
  ];
  for (const [id, hint] of unknown) {
    it(`names no command ${JSON.stringify(id)}${hint}`, () => {
      expect(text(id)).to.equal(
        `There is no command ${id}.${hint} chatty --help shows everything that there is.`,
      );
    });
  }

  it('suggests a flag that is near', () => {
    const wrong = (flag: string) =>
      text('client:join', error(`Nonexistent flag: ${flag}`, { flags: [flag] }));
    expect(wrong('--hots')).to.equal(
      'Nonexistent flag: --hots. Did you mean --host? See chatty client:join --help',
    );
    expect(wrong('--frob')).to.equal('Nonexistent flag: --frob. See chatty client:join --help');
  });

  it('says which arguments are missing, and what they can be', () => {
    const missing = error('Missing 2 required args:\nname\nshell', {
      args: [{ name: 'name' }, { name: 'shell', options: ['bash', 'zsh'] }],
    });
    expect(text('help', missing)).to.equal('NAME and SHELL (bash, zsh) are missing. See chatty help --help');
  });

  it('takes one line of an error, and shows nothing of it raw', () => {
    expect(text('help', error('Unexpected argument: \u001b[2J\nSee more help'))).to.equal(
      'Unexpected argument: <U+001B>[2J. See chatty help --help',
    );
  });

  it('is for errors of the parser only', () => {
    const exit = (code: number) => Object.assign(new Error('x'), { oclif: { exit: code } });
    expect(isUsageError(exit(2))).to.equal(true);
    expect(isUsageError(exit(1))).to.equal(false);
    expect(isUsageError(Object.assign(exit(2), { code: 'EEXIT' }))).to.equal(false);
    expect(isUsageError(new Error('x'))).to.equal(false);
    expect(isUsageError('x')).to.equal(false);
  });
});
