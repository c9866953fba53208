import { expect } from 'chai';
import fc from 'fast-check';
import { sightText } from '../../../../src/adapters/terminal/sight.js';
import { visible } from '../../../../src/adapters/terminal/visible.js';

/** What must never reach a terminal from outside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('visible', () => {
  it('leaves people their words', () => {
    for (const text of ['Hello, World!', 'Grüße', '李雷', '👩‍👩‍👧 ❤️', 'שלום', '~<>&"'])
      expect(visible(text)).to.equal(text);
  });

  it('writes out what would act on a terminal', () => {
    expect(visible('\u001b]0;title\u0007')).to.equal('<U+001B>]0;title<U+0007>');
    expect(visible('a\rb\nc')).to.equal('a<U+000D>b<U+000A>c');
    expect(visible('\u009b2J\u007f')).to.equal('<U+009B>2J<U+007F>');
    expect(visible('\u202egnp.exe')).to.equal('<U+202E>gnp.exe');
    expect(visible('a\tb')).to.equal('a    b');
    expect(visible('\ud800')).to.equal('\ufffd');
  });

  it('lets nothing dangerous through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(visible(text)).to.not.match(DANGEROUS);
      }),
    );
  });
});

describe('what a person is shown', () => {
  const hostile = '\u001b[2J\u202e\r\u0007';
  const oneLine = [
    sightText({ type: 'Welcome', username: hostile, content: hostile }),
    sightText({ type: 'Memo', username: hostile, content: hostile }),
    sightText({ type: 'UnknownResponse', text: hostile }),
    sightText({ type: 'NothingToSend' }),
    sightText({ type: 'TooLong', limit: 10, actual: 20 }),
  ];

  it('is harmless, whoever said it', () => {
    for (const text of oneLine) expect(text).to.not.match(DANGEROUS);
    expect(sightText({ type: 'UnknownCommand', line: hostile }).replaceAll('\n', '')).to.not.match(DANGEROUS);
  });

  it('is who said what', () => {
    expect(sightText({ type: 'Memo', username: 'david', content: 'hi' })).to.equal('david: hi');
  });

  it('names every command to who typed an unknown one', () => {
    expect(sightText({ type: 'UnknownCommand', line: 'dance' }))
      .to.include('dance')
      .and.include(sightText({ type: 'Help' }));
    expect(sightText({ type: 'Help' }))
      .to.include('send')
      .and.include('leave')
      .and.include('help');
  });

  it('is short, however long the nonsense', () => {
    expect(sightText({ type: 'UnknownResponse', text: 'x'.repeat(100_000) }).length).to.be.below(400);
  });
});
