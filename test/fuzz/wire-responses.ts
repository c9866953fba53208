import { expect } from 'chai';
import fc from 'fast-check';
import { decodeResponse } from '../../src/adapters/wire/basic-form.js';
import { hostileLine } from '../support/hostile-responses.js';
import { target } from './target.js';

/** The longest text that may come out of a response, in UTF-16 units: a message, and a sign that it is cut. */
const MAX_TEXT = 64 * 1024 + 1;
const MAX_NAME = 257;
const MAX_ID = 512;
const IDS: readonly string[] = ['ref', 'code', 'resume', 'epoch'];
const NAMES: readonly string[] = ['username', 'users', 'away'];

const line = fc.oneof(
  { weight: 9, arbitrary: hostileLine.map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)) },
);

/** Whatever the line: a response comes out, whose numbers are whole and whose texts are within their bounds. */
export const wireResponses = target(
  fc.property(line, bytes => {
    const response = decodeResponse(bytes);
    expect(response).to.have.property('type').that.is.a('string');
    expectBounded(response, '');
  }),
  3000,
);

function expectBounded(value: unknown, name: string): void {
  if (typeof value === 'number')
    expect(Object.is(value, -0) || !Number.isSafeInteger(value) || value < 0).to.equal(false);
  if (typeof value === 'string') {
    const most = IDS.includes(name) ? MAX_ID : NAMES.includes(name) ? MAX_NAME : MAX_TEXT;
    expect(value.length, name).to.be.at.most(most);
  }
  if (Array.isArray(value)) {
    expect(value.length).to.be.at.most(1000);
    for (const element of value) expectBounded(element, name);
  } else if (typeof value === 'object' && value !== null)
    for (const [member, some] of Object.entries(value)) expectBounded(some, member);
}
