import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { Bursts, Keyboard } from '../../../../../src/adapters/terminal/line-editor/keyboard.js';
import type { Key } from '../../../../../src/adapters/terminal/line-editor/keys.js';

const text = (typed: string): Key => ({ type: 'text', text: typed });
const key = (name: string): Key => ({ type: 'key', name });
const paste = (pasted: string): Key => ({ type: 'paste', text: pasted, cut: false });

describe('Bursts', () => {
  it('are lines that come at once', () => {
    expect(new Bursts().gather([text('one'), key('enter'), text('two'), key('enter')], 0)).to.deep.equal([
      paste('one\ntwo'),
    ]);
  });

  it('keep tabs', () => {
    expect(new Bursts().gather([text('one'), key('enter'), key('tab'), text('two')], 0)).to.deep.equal([
      paste('one\n\ttwo'),
    ]);
  });

  it('go on in what follows at once, with the line end between them, and end after that', () => {
    const bursts = new Bursts();
    bursts.gather([text('one'), key('enter'), text('two'), key('enter')], 0);
    expect(bursts.gather([text('three')], 10)).to.deep.equal([paste('\nthree')]);
    expect(bursts.gather([key('enter')], 20)).to.deep.equal([paste('')]);
    expect(bursts.gather([key('enter')], 500)).to.deep.equal([key('enter')]);
  });

  for (const [what, keys] of [
    ['a line', [text('one'), key('enter')]],
    ['an Enter that is held down', [key('enter'), key('enter')]],
    ['what a macro types with other keys', [text('a'), key('enter'), text('b'), key('up')]],
    ['a word', [text('one')]],
  ] as const)
    it(`are not ${what}`, () => {
      expect(new Bursts().gather(keys, 0)).to.deep.equal(keys);
    });
});

describe('Keyboard', () => {
  let clock: SinonFakeTimers;
  let keys: Key[];
  let input: PassThrough;
  let keyboard: Keyboard;

  beforeEach(() => {
    clock = useFakeTimers();
    keys = [];
    input = new PassThrough();
    keyboard = new Keyboard(
      input,
      some => keys.push(...some),
      () => {},
    );
  });
  afterEach(() => {
    keyboard.close();
    clock.restore();
  });

  it('waits for the rest of a sequence, and no longer than a moment', () => {
    for (const start of ['\u001b]', '\u001bP', '\u001b[', '\u001bO', '\u001b_']) {
      input.emit('data', Buffer.from(start));
      clock.tick(500);
      input.emit('data', Buffer.from('hello\u0003'));
      expect(keys.splice(0).slice(1)).to.deep.equal([text('hello'), key('ctrl-c')]);
    }
  });

  it('waits no longer for an answer when somebody goes on typing', () => {
    for (const char of ['\u001b]', ...'123 hello']) {
      input.emit('data', Buffer.from(char));
      clock.tick(100);
    }
    const typed = keys.flatMap(one => (one.type === 'text' ? one.text : [])).join('');
    expect([keys[0], typed]).to.deep.equal([key('alt-]'), '123 hello']);
  });

  it('tells nothing after it is closed', () => {
    keyboard.close();
    input.emit('data', Buffer.from('x'));
    expect(keys).to.deep.equal([]);
  });
});
