import { once } from 'node:events';
import { expect } from 'chai';
import {
  closeFrame,
  pongFrame,
  SharedFrames,
  textFrame,
  textHeader,
} from '../../../../src/adapters/web/frames.js';
import { webLine } from '../../../support/web-line.js';

/** What has to be in the first bytes, RFC 6455 section 5.2. */
const HEADERS: [length: number, header: number[]][] = [
  [0, [0x81, 0]],
  [1, [0x81, 1]],
  [125, [0x81, 125]],
  [126, [0x81, 126, 0, 126]],
  [65_535, [0x81, 126, 0xff, 0xff]],
  [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  [70_000, [0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]],
];

describe('frames', () => {
  for (const [length, header] of HEADERS)
    it(`say that ${length} bytes follow`, () => {
      const content = 'x'.repeat(length);
      expect([...textHeader(length)]).to.deep.equal(header);
      const expected = Buffer.concat([Buffer.from(header), Buffer.from(content)]);
      expect(textFrame(content).equals(expected)).to.equal(true);
      expect(textFrame(Buffer.from(content)).equals(expected)).to.equal(true);
      expect(new SharedFrames().of(Buffer.from(content)).equals(expected)).to.equal(true);
    });

  it('count bytes, not characters', () => {
    expect([...textFrame('ä⏎')]).to.deep.equal([0x81, 5, ...Buffer.from('ä⏎')]);
  });

  it('close with a code, and answer a ping with what it said', () => {
    expect([...closeFrame(1001)]).to.deep.equal([0x88, 2, 0x03, 0xe9]);
    expect([...pongFrame(Buffer.from('hi'))]).to.deep.equal([0x8a, 2, 0x68, 0x69]);
  });

  it('are made once of what many are handed, in two forms in turn', () => {
    const frames = new SharedFrames();
    const [basic, extended, other] = ['one\n', 'two\n', 'one\n'].map(text => Buffer.from(text));
    if (basic === undefined || extended === undefined || other === undefined) expect.fail();
    const [first, second] = [frames.of(basic), frames.of(extended)];
    for (let n = 0; n < 3; n++) {
      expect(frames.of(basic)).to.equal(first);
      expect(frames.of(extended)).to.equal(second);
    }
    const third = frames.of(other);
    expect(third).to.deep.equal(first);
    expect(third).to.not.equal(first);
    expect(frames.of(other)).to.equal(third);
  });

  it('are those of the ws package', async () => {
    const [near, far] = await webLine();
    const texts = HEADERS.map(([length]) => `${'y'.repeat(length)}\n`);
    let read = '';
    far.on('data', chunk => {
      read += chunk;
    });
    for (const text of texts) near.write(textFrame(text));
    near.end(closeFrame(1000));
    await once(far, 'end');
    expect(read).to.equal(texts.join(''));
    near.destroy();
    far.destroy();
  });
});
