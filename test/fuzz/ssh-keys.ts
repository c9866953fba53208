import { expect } from 'chai';
import fc from 'fast-check';
import { keyInBlob, keyLine, soundText } from '../../src/adapters/keys/ed25519.js';
import { keyInLine } from '../../src/adapters/keys/other-keys.js';
import { newKeyFile, readKeyFile } from '../../src/adapters/keys/private-key.js';
import { TestKey } from '../support/keys.js';
import { target } from './target.js';

const [BEGIN = '', ...ROWS] = newKeyFile().trim().split('\n');
const END = ROWS.pop() ?? '';
const FILE = Buffer.from(ROWS.join(''), 'base64');
const BLOB = Buffer.from(new TestKey().line.split(' ')[1] ?? '', 'base64');

/** Bytes of a key with some of them changed, taken out or put in. */
const changed = (whole: Buffer) =>
  fc
    .array(fc.tuple(fc.nat(whole.length), fc.nat(8), fc.uint8Array({ maxLength: 8 })), { maxLength: 3 })
    .map(changes => {
      let bytes = whole;
      for (const [at, gone, put] of changes)
        bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);
      return bytes;
    });

const given = fc.oneof(
  changed(FILE).map(bytes => `${BEGIN}\n${bytes.toString('base64')}\n${END}\n`),
  changed(BLOB).map(bytes => `ssh-ed25519 ${bytes.toString('base64')} me`),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
);

/** Whatever stands in a file, in a line or in an agent's list: it is a sound key of one spelling, or it is none. */
export const sshKeys = target(
  fc.property(given, changed(BLOB), (text, blob) => {
    const read = readKeyFile(text);
    if (typeof read !== 'string') expect(soundText(read.key)).to.equal(read.key);
    for (const key of [keyInLine(text)?.key, keyInBlob(blob)])
      if (key !== undefined) expect([soundText(key), keyInLine(keyLine(key))?.key]).to.deep.equal([key, key]);
  }),
  2000,
);
