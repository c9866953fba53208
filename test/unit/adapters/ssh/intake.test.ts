import type { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { Intake } from '../../../../src/adapters/ssh/intake.js';
import { Turns } from '../../../../src/adapters/wire/listen/turns.js';
import { cpuMs } from '../../../support/cpu-time.js';
import { until } from '../../../support/until.js';

/** Bytes that differ, so that their order can be seen. */
const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, n) => n % 251));

function busyFor(ms: number): void {
  const endsAt = cpuMs() + ms;
  while (cpuMs() < endsAt);
}

describe('Intake', () => {
  /** Somebody who takes so long for each piece, on a line whose other end is `far`. */
  function reader(turns: Turns, msForPiece = 0) {
    const [near, far] = duplexPair();
    const heard: Buffer[] = [];
    const worked: number[] = [];
    const intake = new Intake(near as unknown as Socket, turns, ms => worked.push(ms));
    near.on('data', (piece: Buffer) => {
      heard.push(piece);
      busyFor(msForPiece);
    });
    return { near, far, intake, heard, worked, all: () => Buffer.concat(heard) };
  }

  it('hands on all of it, in order and in small pieces', async () => {
    const { far, heard, worked, all } = reader(new Turns());
    far.write(bytes(10_000));
    far.write(bytes(7));
    await until(() => all().length === 10_007);
    expect(all()).to.deep.equal(Buffer.concat([bytes(10_000), bytes(7)]));
    expect(Math.max(...heard.map(piece => piece.length))).to.be.at.most(1024);
    expect(worked).to.have.length(heard.length);
  });

  it('lets all else have its time between the pieces of somebody dear', async () => {
    const { far, all } = reader(new Turns(), 3);
    far.write(bytes(32 * 1024));
    let turns = 0;
    let [last, longest] = [cpuMs(), 0];
    while (all().length < 32 * 1024) {
      await new Promise(setImmediate);
      turns++;
      longest = Math.max(longest, cpuMs() - last);
      last = cpuMs();
    }
    expect(turns).to.be.at.least(16); // at most two pieces in each
    expect(longest).to.be.below(48); // half of what all would take together
  });

  it('two at a time come in turn', async () => {
    const turns = new Turns();
    const [dear, other] = [reader(turns, 5), reader(turns)];
    dear.far.write(bytes(32 * 1024));
    await until(() => dear.heard.length > 0);
    other.far.write('hello');
    await until(() => other.heard.length > 0);
    expect(dear.all().length).to.be.below(32 * 1024);
  });

  it('works on nothing while it is held, and on the rest afterwards', async () => {
    const { near, far, intake, all } = reader(new Turns());
    const releases: (() => void)[] = [];
    intake.hold(release => releases.push(release));
    intake.hold(release => releases.push(release));
    far.write(bytes(3000));
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    releases[0]?.();
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect(all().length).to.equal(0);
    releases[1]?.();
    await until(() => all().length === 3000);
    near.destroy();
    intake.hold(release => release());
  });
});
