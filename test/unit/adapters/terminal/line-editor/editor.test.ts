import { expect } from 'chai';
import fc from 'fast-check';
import { BINDINGS } from '../../../../../src/adapters/terminal/line-editor/bindings.js';
import { type Complete, Editor } from '../../../../../src/adapters/terminal/line-editor/editor.js';
import { cpuMs } from '../../../../support/cpu-time.js';
import { escaped } from '../../../../support/escaped.js';

const FAMILY = '👩‍👩‍👧';
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const clusters = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** `a|b` is a text `ab` with the cursor between. */
function edited(start: string, ...keys: string[]): string {
  const editor = editorWith(start);
  for (const key of keys) {
    if (BINDINGS.has(key)) editor.press(key);
    else editor.insert(key);
  }
  return shown(editor);
}

function editorWith(start: string, complete?: Complete): Editor {
  const editor = new Editor(complete === undefined ? {} : { complete });
  const [before = '', after = ''] = start.split('|');
  editor.insert(before + after);
  for (const _ of clusters(after)) editor.press('left');
  return editor;
}

function shown({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const CASES: [start: string, keys: string[], end: string][] = [
  ['|', ['a', 'b'], 'ab|'],
  [`a${FAMILY}|b`, ['left'], `a|${FAMILY}b`],
  [`a|${FAMILY}b`, ['ctrl-f'], `a${FAMILY}|b`],
  [`a${FAMILY}|b`, ['backspace'], 'a|b'],
  [`a|${FAMILY}b`, ['delete'], 'a|b'],
  [`a|${FAMILY}b`, ['ctrl-d'], 'a|b'],
  ['e|', ['\u0301', 'backspace'], '|'],
  ['กี่|', ['backspace'], 'กี|'],
  ['กี่|', ['left'], '|กี่'],
  ['क्षि|', ['backspace'], 'क्ष|'],
  ['क्षि|', ['backspace', 'backspace'], 'क्|'],
  ['நி|', ['backspace'], 'ந|'],
  ['မျှ|', ['backspace'], 'မျ|'],
  ['ש\u05b8|', ['backspace'], 'ש|'],
  ['مُ|', ['backspace'], 'م|'],
  ['가|'.normalize('NFD'), ['backspace'], '\u1100|'],
  ['й|'.normalize('NFD'), ['backspace'], '|'],
  ['👍🏽|', ['backspace'], '|'],
  ['5️⃣|', ['backspace'], '|'],
  ['🇩🇪|', ['backspace'], '|'],
  ['葛\u{e0100}|', ['backspace'], '|'],
  ['🇩🇪🇫🇷|', ['left'], '🇩🇪|🇫🇷'],
  ['שלום|', ['left', 'backspace'], 'של|ם'],
  ['你好|', ['ctrl-b'], '你|好'],
  ['one two|', ['alt-b'], 'one |two'],
  ['one, two|', ['alt-b', 'alt-b'], '|one, two'],
  ['|one, two', ['alt-f', 'ctrl-right'], 'one, two|'],
  ['one two-three|', ['ctrl-w'], 'one |'],
  ['one two-three|', ['alt-backspace'], 'one two-|'],
  ['|one two', ['alt-d'], '| two'],
  ['one two|', ['ctrl-a', 'x'], 'x|one two'],
  ['one| two', ['ctrl-e', 'x'], 'one twox|'],
  ['one| two', ['ctrl-k'], 'one|'],
  ['one| two', ['ctrl-u'], '| two'],
  ['one\n|two', ['ctrl-u'], 'one|two'],
  ['one|\ntwo', ['ctrl-k'], 'one|two'],
  ['one two|', ['ctrl-w', 'ctrl-w', 'ctrl-y'], 'one two|'],
  ['one two|', ['ctrl-w', 'left', 'ctrl-w', 'ctrl-y', 'alt-y'], 'two| '],
  ['ab|', ['ctrl-t'], 'ba|'],
  ['a|bc', ['ctrl-t'], 'ba|c'],
  [`${FAMILY}|b`, ['ctrl-t'], `b${FAMILY}|`],
  ['one|', ['newline', 'two'], 'one\ntwo|'],
  ['one\ntwo|', ['up'], 'one|\ntwo'],
  ['one\ntwo|', ['home'], 'one\n|two'],
  ['long line\nx\nlong| line', ['up', 'up'], 'long| line\nx\nlong line'],
  ['one\ntwo|', ['ctrl-home'], '|one\ntwo'],
  ['one|', ['x', 'y', 'ctrl-_'], 'one|'],
  ['one|', ['ctrl-u', 'ctrl-_'], 'one|'],
  ['one|', [' ', 'two', 'ctrl-_', 'ctrl-_', 'ctrl-_', 'ctrl-_'], '|'],
  ['|', ['a\tb'], 'a    b|'],
  ['|', ['a\r\nb\rc\u2028d'], 'a\nb\nc\nd|'],
  ['|', ['a\u0000\u001b[31m\u009b\u202e\u007fb'], 'a[31mb|'],
  ['|', ['\ud83d'], '\ufffd|'],
];

describe('Editor', () => {
  for (const [start, keys, end] of CASES) {
    it(`makes ${escaped(start)} into ${escaped(end)} at ${keys.map(escaped).join(' ')}`, () => {
      expect(edited(start, ...keys)).to.equal(end);
    });
  }

  it('does nothing at keys that mean nothing to it', () => {
    const editor = editorWith('a|b');
    expect(editor.press('ctrl-alt-x')).to.equal(false);
    expect(shown(editor)).to.equal('a|b');
  });

  it('goes through what was entered, and back to the draft, with what was changed on the way', () => {
    const editor = new Editor();
    for (const entry of ['first', 'second', 'second', '  ']) {
      editor.insert(entry);
      editor.take();
    }
    editor.insert('draft');
    const seen = ['up', 'up', 'up', 'down', 'down', 'down'].map(key => {
      editor.press(key);
      return editor.text;
    });
    expect(seen).to.deep.equal(['second', 'first', 'first', 'second', 'draft', 'draft']);
    editor.press('ctrl-p');
    editor.insert('!');
    editor.press('ctrl-n');
    expect(editor.text).to.equal('draft');
    editor.press('ctrl-p');
    expect(editor.text).to.equal('second!');
  });

  it('remembers no more than 500 entries', () => {
    const editor = new Editor();
    for (let n = 0; n < 1000; n += 1) {
      editor.insert(`entry ${n}`);
      editor.take();
    }
    for (let n = 0; n < 1000; n += 1) editor.press('ctrl-p');
    expect(editor.text).to.equal('entry 500');
  });

  it('forgets what is taken without being remembered', () => {
    const editor = editorWith('secret|');
    expect(editor.take(false)).to.equal('secret');
    editor.press('up');
    expect(editor.text).to.equal('');
  });

  it('completes with the best candidate, and with the next at every Tab', () => {
    const asked: string[] = [];
    const editor = editorWith('hi @c|!', before => {
      asked.push(before);
      return ['@carl', '@carla'];
    });
    const seen = ['tab', 'tab', 'tab', 'shift-tab'].map(key => {
      editor.press(key);
      return shown(editor);
    });
    expect(seen).to.deep.equal(['hi @carl|!', 'hi @carla|!', 'hi @carl|!', 'hi @carla|!']);
    expect(asked).to.deep.equal(['hi @c']);
    editor.press('ctrl-_');
    expect(shown(editor)).to.equal('hi @c|!');
  });

  it('leaves the text alone when nothing completes it', () => {
    const editor = editorWith('hi @c|', () => []);
    editor.press('tab');
    editor.press('shift-tab');
    expect(shown(editor)).to.equal('hi @c|');
  });

  it('keeps the joiners and the marks of direction that living scripts are written with', () => {
    for (const text of ['שלום\u200f!', '\u200e+49 30\u200e', 'می\u200cخواهم', 'ශ්\u200dරී', '٪\u061c١'])
      expect(editorWith(text).text).to.equal(text);
    expect(editorWith('a\u202eb\u2066c\u0007').text).to.equal('abc');
  });

  it('refuses what would make the text too long', () => {
    const editor = new Editor({ maxLength: 5 });
    expect(editor.insert('12345')).to.equal(true);
    expect(editor.insert('6')).to.equal(false);
    expect(editor.text).to.equal('12345');
    editor.press('ctrl-u');
    editor.insert('1');
    editor.press('ctrl-y');
    expect(editor.text).to.equal('1');
  });

  it('does what a plain list of characters would do, and keeps its cursor between two of them', () => {
    const unit = fc.constantFrom(
      'a',
      'b',
      ' ',
      '\n',
      'é',
      '你',
      FAMILY,
      '🇩🇪',
      '🇫',
      '\u0301',
      '\u200d',
      '👍🏽',
      'क्',
      'षि',
      '\u0600',
    );
    const step = fc.oneof(
      unit.map(text => ({ text })),
      fc
        .constantFrom('left', 'right', 'backspace', 'delete', 'home', 'end', 'ctrl-home', 'ctrl-end')
        .map(key => ({ key })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const editor = new Editor();
        let model: { text: string; at: number } = { text: '', at: 0 };
        for (const one of steps) {
          if ('text' in one) editor.insert(one.text);
          else editor.press(one.key);
          model = modelled(model, one);
          expect(editor.text).to.equal(model.text);
          expect(editor.cursor).to.equal(clusters(model.text).slice(0, model.at).join('').length);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('survives any keys, and takes back every change', () => {
    const step = fc.oneof(fc.constantFrom(...BINDINGS.keys()), fc.string({ unit: 'grapheme', maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const editor = new Editor({ complete: before => [before, 'x', FAMILY] });
        for (const one of steps) {
          if (BINDINGS.has(one)) editor.press(one);
          else editor.insert(one);
          let at = 0;
          const places = [0, ...clusters(editor.text).map(cluster => (at += cluster.length))];
          expect(places).to.include(editor.cursor);
        }
        for (const _ of steps) editor.press('ctrl-_');
        expect(editor.text).to.equal('');
      }),
      { numRuns: 500 },
    );
  });

  it('stays fast in 10,000 characters: every key takes less than 5 ms of the processor on the average', () => {
    const editor = editorWith(`${`hello wörld ${FAMILY} `.repeat(600)}|`);
    const keys = ['left', 'ctrl-w', 'ctrl-y', 'alt-b', 'home', 'end', 'up', 'backspace'];
    const start = cpuMs();
    for (let n = 0; n < 20; n += 1) for (const key of keys) editor.press(key);
    expect((cpuMs() - start) / (20 * keys.length)).to.be.below(5);
  });
});

/** The same by splitting the whole text anew at every step. */
/** What Backspace leaves of a cluster: of one that is put together of letters and signs, all but the last. */
function halfOf(cluster: string): string {
  const isWhole = /^\p{Script=Latin}|\p{Emoji}/u.test(cluster);
  return isWhole ? '' : Array.from(cluster).slice(0, -1).join('');
}

function modelled(
  { text, at }: { text: string; at: number },
  step: { text: string } | { key: string },
): { text: string; at: number } {
  const all = clusters(text);
  const before = all.slice(0, at).join('');
  const after = all.slice(at).join('');
  const placed = (left: string, right: string) => {
    let length = 0;
    const index = clusters(left + right).findIndex(cluster => {
      length += cluster.length;
      return length >= left.length;
    });
    return { text: left + right, at: left === '' ? 0 : index + 1 };
  };
  if ('text' in step) return placed(before + step.text, after);
  const lineStart = all.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = all.indexOf('\n', at);
  switch (step.key) {
    case 'left':
      return { text, at: Math.max(0, at - 1) };
    case 'right':
      return { text, at: Math.min(all.length, at + 1) };
    case 'backspace':
      return at === 0
        ? { text, at }
        : placed(all.slice(0, at - 1).join('') + halfOf(all[at - 1] ?? ''), after);
    case 'delete':
      return at === all.length ? { text, at } : placed(before, all.slice(at + 1).join(''));
    case 'home':
      return { text, at: at === 0 ? 0 : lineStart };
    case 'end':
      return { text, at: lineEnd < 0 ? all.length : lineEnd };
    case 'ctrl-home':
      return { text, at: 0 };
    default:
      return { text, at: all.length };
  }
}
