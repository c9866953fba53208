import { expect } from 'chai';
import { RandomTokens } from '../../src/adapters/random/random-tokens.js';
import { MIN_TOKEN_LENGTH } from '../../src/application/server/join-user.js';
import type { ResumeTokens } from '../../src/application/server/transport-ports.js';

const RESUME_TOKENS: Record<string, () => ResumeTokens> = {
  RandomTokens: () => new RandomTokens(),
};

/** Bits of a token that nobody can guess (RFC 6749, section 10.10, asks for 128). */
const MIN_BITS = 128;

for (const [name, create] of Object.entries(RESUME_TOKENS)) {
  describe(`ResumeTokens: ${name}`, () => {
    const tokens = create();
    const many = Array.from({ length: 4096 }, () => tokens.create());

    it('creates tokens of one line, without what JSON would escape', () => {
      for (const token of many) expect(token).to.match(/^[\w-]+$/);
    });

    it('creates a token once', () => {
      expect(new Set(many)).to.have.property('size', many.length);
    });

    it('creates tokens that differ in every character, and hold enough of them', () => {
      const [first = ''] = many;
      let bits = 0;
      for (let at = 0; at < first.length; at++) {
        const seen = new Set(many.map(token => token[at])).size;
        expect(seen, `characters at ${at}`).to.be.above(1);
        bits += Math.log2(seen);
      }
      expect(bits).to.be.at.least(MIN_BITS);
    });

    it('creates tokens that a client may bring along to a server that does not know them', () => {
      for (const token of many) expect(token).to.have.length.at.least(MIN_TOKEN_LENGTH);
    });

    it('verifies a token by its key, after a restart as well', () => {
      const [first = '', second = ''] = many;
      expect(tokens.keyOf(first)).to.equal(tokens.keyOf(first));
      expect(create().keyOf(first)).to.equal(tokens.keyOf(first));
      expect(tokens.keyOf(second)).not.to.equal(tokens.keyOf(first));
      expect(new Set(many.map(token => tokens.keyOf(token)))).to.have.property('size', many.length);
    });

    it('does not show the token in its key', () => {
      for (const token of many.slice(0, 100)) {
        const key = tokens.keyOf(token);
        expect(key).not.to.include(token.slice(0, 8));
        expect(tokens.keyOf(key)).not.to.equal(key);
      }
    });

    it('has a key of bounded length for any token', () => {
      for (const token of ['', 'é\u{1f44d}', 'x'.repeat(60_000)]) {
        expect(tokens.keyOf(token)).to.have.length.within(1, 64);
      }
    });
  });
}
