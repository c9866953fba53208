import { expect } from 'chai';
import { hasWindow, isInEmacsShell, placeOf } from '../../../../src/adapters/terminal/surroundings.js';

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

  it('names a server with its port where that is not the usual one', () => {
    expect(placeOf('chat.example.org', 8081, 8081)).to.equal('chat.example.org');
    expect(placeOf('chat.example.org', 9000, 8081)).to.equal('chat.example.org:9000');
    expect(placeOf('::1', 9000, 8081)).to.equal('[::1]:9000');
  });
});
