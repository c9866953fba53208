import { expect } from 'chai';
import { SCRIPT_HELP, typedHelp } from '../../../../src/adapters/terminal/help-text.js';
import { replyToScript, replyToTyped } from '../../../../src/adapters/terminal/view-replies.js';

/** What must never reach a terminal from outside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('what a view answers by itself', () => {
  it('is harmless, whatever was typed', () => {
    const hostile = '\u001b[2J\u202e\r\u0007';
    for (const reply of [replyToScript, (line: Parameters<typeof replyToTyped>[0]) => replyToTyped(line)]) {
      expect(reply({ type: 'wrong', problem: 'DATE', text: hostile })).to.not.match(DANGEROUS);
      expect(reply({ type: 'unknown', line: hostile })).to.not.match(DANGEROUS);
    }
  });

  it('names every command to a script with an unknown one', () => {
    expect(replyToScript({ type: 'unknown', line: 'dance' }))
      .to.include('dance')
      .and.include(SCRIPT_HELP);
    for (const command of ['send', 'who', 'history', 'search', 'leave', 'help'])
      expect(replyToScript({ type: 'help', topic: '' })).to.include(command);
  });

  it('names no command to a person without its slash', () => {
    expect(replyToTyped({ type: 'help', topic: '' }))
      .to.match(/^\/who /m)
      .and.not.match(/^who/m);
    expect(replyToTyped({ type: 'unknown', line: '/dance now' })).to.match(/^There is no \/dance\./);
  });

  it('says what was typed wrong', () => {
    expect(replyToScript({ type: 'wrong', problem: 'DATE', text: '' })).to.match(/^A day is missing\./);
    expect(replyToScript({ type: 'wrong', problem: 'ALONE', text: 'who' })).to.match(/^who stands alone\./);
    for (const problem of ['DATE', 'NOTHING_TO_SEARCH'] as const)
      expect(replyToScript({ type: 'wrong', problem, text: 'x' })).to.match(/Type /);
  });

  it('helps in rows that no usual terminal breaks', () => {
    for (const row of typedHelp('', { hasKeys: true }).split('\n')) expect(row.length, row).to.be.below(80);
    expect(typedHelp()).to.not.include('Tab');
    for (const row of typedHelp('keys', { hasKeys: true }).split('\n'))
      expect(row.length, row).to.be.below(80);
  });

  it('helps on a narrow screen in rows of its own', () => {
    const help = typedHelp('', { hasKeys: true, columns: 40 });
    expect(help).to.include('/who\n  see who is here\n');
  });

  it('helps with one command, by any of its names', () => {
    for (const topic of ['search', 'find'])
      expect(typedHelp(topic)).to.match(/^\/search <words>[\s\S]*a phrase[\s\S]*Also: \/find, \/grep$/);
    expect(typedHelp('nonsense')).to.match(/^There is no help for nonsense\./);
    expect(typedHelp('keys', { hasKeys: true })).to.match(/Ctrl-R/);
  });
});
