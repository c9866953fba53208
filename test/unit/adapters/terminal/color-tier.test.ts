import { expect } from 'chai';
import { tierOf } from '../../../../src/adapters/terminal/color-tier.js';

describe('the styling of a terminal', () => {
  for (const [mode, env, isTerminal, tier] of [
    ['auto', { TERM: 'xterm-256color' }, true, '256'],
    ['auto', { TERM: 'xterm' }, true, '16'],
    ['auto', { TERM: 'xterm', COLORTERM: 'truecolor' }, true, '256'],
    ['auto', { TERM: 'xterm-256color' }, false, 'none'],
    ['auto', { TERM: 'dumb' }, true, 'none'],
    ['auto', { TERM: 'vt220' }, true, 'mono'],
    ['auto', { TERM: 'xterm-256color', NO_COLOR: '1' }, true, 'mono'],
    ['auto', { TERM: 'xterm-256color', NO_COLOR: '' }, true, '256'],
    ['auto', { TERM: 'xterm-256color', FORCE_COLOR: '0' }, true, 'mono'],
    ['auto', { TERM: 'xterm-256color', FORCE_COLOR: '1', NO_COLOR: '1' }, false, '16'],
    ['auto', { TERM: 'xterm-256color', FORCE_COLOR: '3' }, false, '256'],
    ['always', { TERM: 'xterm-256color', NO_COLOR: '1' }, false, '256'],
    ['always', { TERM: 'dumb' }, false, '16'],
    ['never', { TERM: 'xterm-256color', FORCE_COLOR: '3' }, true, 'none'],
  ] as const) {
    it(`is ${tier} with ${mode} and ${JSON.stringify(env)}${isTerminal ? '' : ' in a pipe'}`, () => {
      expect(tierOf(mode, env, isTerminal)).to.equal(tier);
    });
  }
});
