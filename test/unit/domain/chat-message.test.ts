import { expect } from 'chai';
import fc from 'fast-check';
import { ChatMessage, MAX_MESSAGE_BYTES } from '../../../src/domain/chat-message.js';
import { Refusal } from '../../../src/domain/refusal.js';
import { escaped } from '../../support/escaped.js';

describe('ChatMessage', () => {
  for (const content of [
    'x',
    ' x',
    'a\tb',
    'two\nlines\n',
    'Grüße 👋🏽',
    'שלום',
    '</b>"\\',
    'a'.repeat(MAX_MESSAGE_BYTES),
    '€'.repeat(1365),
  ]) {
    it(`accepts ${escaped(content.slice(0, 20))} (${Buffer.byteLength(content)} bytes)`, () => {
      expect(ChatMessage.parse(content).content).to.equal(content);
    });
  }

  it('takes the line ends of every platform for line feeds', () => {
    expect(ChatMessage.parse('a\r\nb\rc\n\rd').content).to.equal('a\nb\nc\n\nd');
    expect(ChatMessage.parse('a\u0085b\u2028c').content).to.equal('a\nb\u2028c');
  });

  it('refuses the message in which there is nothing to see, of however many lines', () => {
    for (const content of ['', '\n', '\n\n\n', ' ', '\u3164', '\u2800\u2800', '\u200b', '\u{e0041}']) {
      expect(() => ChatMessage.parse(content))
        .to.throw(Refusal)
        .with.property('code', 'MESSAGE_EMPTY');
    }
  });

  for (const content of [
    '\u001b[2J',
    '\u0007',
    '\u007f',
    '\u009b31m',
    '\u202eabc',
    '\u2066',
    '\ud83d',
    '\udc4b!',
  ]) {
    it(`refuses ${escaped(content)}`, () => {
      expect(() => ChatMessage.parse(content))
        .to.throw(Refusal)
        .with.property('code', 'MESSAGE_CHARACTERS');
    });
  }

  it('measures every message in bytes of UTF-8, exactly', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', '€', '👋'), minLength: 1, maxLength: 40 }),
        text => {
          const bytes = Buffer.byteLength(text);
          expect(ChatMessage.parse(text, bytes).content).to.equal(text);
          expect(() => ChatMessage.parse(text, bytes - 1))
            .to.throw(Refusal)
            .with.deep.property('measured', { limit: bytes - 1, actual: bytes });
        },
      ),
    );
  });
});
