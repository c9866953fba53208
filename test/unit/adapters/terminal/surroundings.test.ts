import { expect } from 'chai';
import { hasWindow, isInEmacsShell } from '../../../../src/adapters/terminal/surroundings.js';

describe('where a terminal is', () => {
  it('has a window but on consoles', () => {
    for (const TERM of ['xterm-256color', 'tmux-256color', 'foot'])
      expect(hasWindow({ TERM }), TERM).to.equal(true);
    for (const TERM of ['linux', 'vt220', 'dumb', '']) expect(hasWindow({ TERM }), TERM).to.equal(false);
    expect(hasWindow({})).to.equal(false);
  });

  it('is in the shell of Emacs, or in its terminal', () => {
    expect(isInEmacsShell({ INSIDE_EMACS: '29.1,comint' })).to.equal(true);
    expect(isInEmacsShell({ INSIDE_EMACS: '29.1,term' })).to.equal(false);
    expect(isInEmacsShell({})).to.equal(false);
  });
});
