import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_PASTE_LENGTH } from '../../src/adapters/terminal/line-editor/bracketed-paste.js';
import { KeyDecoder } from '../../src/adapters/terminal/line-editor/key-decoder.js';
import type { Key } from '../../src/adapters/terminal/line-editor/keys.js';
import { target } from './target.js';

const sent = fc.oneof(
  fc
    .constantFrom(
      ...[
        '\u001b',
        '\u001b[',
        '\u001bO',
        '\u001b]',
        '\u001bP',
        '\u001b_',
        '\u001b[200~',
        '\u001b[201~',
        '\u001b[A',
      ],
      ...[
        '\u001b[1;5D',
        '\u001b[97;5u',
        '\u001b[?1u',
        '\u001b[3;7R',
        '\u001b[I',
        '\u001b[O',
        '\u0007',
        '\u001b\\',
      ],
      ...[
        '\r',
        '\n',
        '\t',
        '\u007f',
        '\u0003',
        '\u0000',
        '11;rgb:00/00/00',
        '\u009b',
        '0;'.repeat(50),
        'x'.repeat(5000),
      ],
    )
    .map(text => Buffer.from(text)),
  fc.string({ unit: 'grapheme', maxLength: 3 }).map(text => Buffer.from(text)),
  fc.uint8Array({ maxLength: 6 }).map(bytes => Buffer.from(bytes)),
);

/** Whatever a terminal sends, cut wherever: text has no control character, a key a name, and nothing is held for ever. */
export const keyBytes = target(
  fc.property(fc.array(fc.tuple(sent, fc.boolean()), { maxLength: 25 }), chunks => {
    const decoder = new KeyDecoder();
    const keys: Key[] = [];
    for (const [chunk, isFollowedByPause] of chunks) {
      keys.push(...decoder.push(chunk));
      if (!isFollowedByPause) continue;
      keys.push(...decoder.flush());
      expect(decoder.patience).to.equal(undefined);
    }
    for (const key of [...keys, ...decoder.flush()]) expectKey(key);
    // Half of a character may have been left.
    expect(joined(decoder.push(Buffer.from('a')))).to.match(/^\ufffd*a$/);
  }),
  3000,
);

function expectKey(key: Key): void {
  if (key.type === 'text') expect(key.text).to.match(/^\P{Cc}+$/u);
  else if (key.type === 'key') expect(key.name).to.match(/^\P{Cc}+$/u);
  else if (key.type === 'paste') expect(key.text.length).to.be.at.most(MAX_PASTE_LENGTH);
  else if (key.type === 'position')
    expect(Number.isSafeInteger(key.row) && Number.isSafeInteger(key.column)).to.equal(true);
}

function joined(keys: readonly Key[]): string {
  return keys.map(key => (key.type === 'text' ? key.text : `<${key.type}>`)).join('');
}
