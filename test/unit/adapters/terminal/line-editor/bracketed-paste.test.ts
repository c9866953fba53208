import { expect } from 'chai';
import {
  BracketedPaste,
  MAX_PASTE_LENGTH,
} from '../../../../../src/adapters/terminal/line-editor/bracketed-paste.js';

const END = '\u001b[201~';

describe('BracketedPaste', () => {
  let paste: BracketedPaste;
  beforeEach(() => {
    paste = new BracketedPaste();
  });

  it('answers where it is over, and leaves what comes before it and behind it alone', () => {
    const text = `before one\ntwo${END}behind`;
    expect(paste.take(text, 'before '.length)).to.equal(text.indexOf('behind'));
    expect(paste.finish()).to.deep.equal({ type: 'paste', text: 'one\ntwo', cut: false });
  });

  it('finds its end wherever it is cut', () => {
    const text = `one${END}x`;
    for (let cut = 0; cut < text.length - 1; cut++) {
      expect(paste.take(text.slice(0, cut), 0)).to.equal(undefined);
      expect(paste.take(text.slice(cut), 0), `cut at ${cut}`).to.equal(text.length - 1 - cut);
      expect(paste.finish().text).to.equal('one');
    }
  });

  it('is all that came where its end does not', () => {
    paste.take(`half${END.slice(0, 4)}`, 0);
    expect(paste.finish().text).to.equal(`half${END.slice(0, 4)}`);
  });

  it('holds no more than a bound, and says that there was more', () => {
    paste.take('x'.repeat(MAX_PASTE_LENGTH), 0);
    expect(paste.finish()).to.deep.equal({ type: 'paste', text: 'x'.repeat(MAX_PASTE_LENGTH), cut: false });
    for (let n = 0; n < 3; n++) paste.take('x'.repeat(MAX_PASTE_LENGTH), 0);
    expect(paste.finish()).to.deep.equal({ type: 'paste', text: 'x'.repeat(MAX_PASTE_LENGTH), cut: true });
  });

  it('has nothing of the one before', () => {
    paste.take(`one${END}`, 0);
    paste.finish();
    expect(paste.finish()).to.deep.equal({ type: 'paste', text: '', cut: false });
  });
});
