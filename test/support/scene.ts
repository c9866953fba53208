import { expect } from 'chai';
import { TestKey } from './keys.js';
import { Stranger } from './stranger.js';
import { WireClient } from './wire-client.js';

/** As a history tells it. */
interface Memo {
  readonly username: string;
  readonly content: string;
  readonly kind?: string;
  readonly seq: number;
}

/** What has happened in a room, and how somebody goes on who was in it: the same for servers of every version. */
export interface Scene {
  /** Of the server in whose data folder it is. */
  readonly version: string;
  /** Of carl's session: what he joined with, and where he stopped reading. */
  readonly token: string;
  readonly epoch: string;
  readonly since: number;
  /** Everything that was said, and what of it carl has missed. */
  readonly messages: readonly Memo[];
  readonly missed: readonly string[];
  /** Keys of carl's and david's, where names belonged to somebody. */
  readonly keys: Readonly<Record<string, string>>;
  readonly topic?: string;
  readonly banned?: string;
}

/** The ref of what carl said, and the sequence number that he was told. */
const REF = 'the same again';
const CARLS = 'My last word for today';

/**
 * Plays it in a room that is empty.
 * @param token what makes an operator, where there are any
 */
export async function play(port: number, version: string, token: string | undefined): Promise<Scene> {
  const keys = { carl: new TestKey(), david: new TestKey() };
  const resume = `token of carl, ${keys.carl.key}`;
  const [carl, david] = [await Stranger.connect(port), await Stranger.connect(port)];
  const welcome = await carl.join('carl', keys.carl, { resume, attempt: 1 });
  const { type } = await david.join('david', keys.david, { attempt: 1 });
  expect([welcome.type, type]).to.deep.equal(['Joined', 'Joined']);
  const isVerified = welcome.body.verified === true;
  await david.ask('Send', { content: 'Hello, carl \u{1f44b}', ref: 'a' }, 'Accepted');
  // The oldest servers take neither of these.
  for (const more of [
    { ref: 'b', content: 'waves', kind: 'action' },
    { ref: 'c', content: 'one\ntwo' },
  ]) {
    david.say('Send', more);
    await david.wire.next(line => line.includes(`"ref":"${more.ref}"`) || line.includes('"Refused"'));
  }
  const anna = await WireClient.joined(port, 'anna');
  anna.send('anna', 'I speak the basic form');
  anna.leave('anna');
  await anna.closed;
  david.say('Leave', 'david' as never);
  await david.wire.closed;
  if (token !== undefined) {
    for (const [n, body] of [
      { action: 'operator', token },
      { action: 'topic', topic: 'tea' },
      { action: 'ban', target: 'eve', reason: 'spam' },
    ].entries())
      await carl.ask('Moderate', { ref: String(n), ...body }, 'Moderated');
  }
  const { seq } = (await carl.ask('Send', { content: CARLS, ref: REF }, 'Accepted')).body;
  await carl.wire.end();
  const zoe = await Stranger.connect(port);
  await zoe.ask('Join', { username: 'zoe', history: 0, attempt: 1 }, 'Joined');
  const missed = ['Said while carl was away', 'And once more'];
  for (const [n, content] of missed.entries()) await zoe.ask('Send', { content, ref: String(n) }, 'Accepted');
  const messages = await historyOf(zoe);
  zoe.say('Leave', 'zoe' as never);
  await zoe.wire.closed;
  return {
    version,
    token: welcome.body.resume, // the oldest servers choose it
    epoch: welcome.body.epoch,
    since: seq,
    messages,
    missed,
    keys: isVerified ? { carl: keys.carl.secret, david: keys.david.secret } : {},
    ...(token !== undefined && { topic: 'tea', banned: 'eve' }),
  };
}

/** Sees to it that all of it is there. May be called again, with a higher attempt each time. */
export async function expectScene(port: number, scene: Scene, attempt: number): Promise<void> {
  const { token: resume, epoch, since, keys } = scene;
  const carl = await Stranger.connect(port);
  const join = { username: 'carl', resume, epoch, since, attempt, history: 0 };
  const { body } = await carl.ask('Join', join, 'Joined');
  expect(body).to.include({ username: 'carl', resumed: true, seq: since }).and.not.have.property('gap');
  expect(body.verified, 'verified').to.equal('carl' in keys ? true : undefined);
  expect(body.topic).to.equal(scene.topic);
  for (const content of scene.missed)
    await carl.wire.next(line => line.startsWith('{"Broadcast"') && line.includes(content));
  expect(await historyOf(carl)).to.deep.equal(scene.messages);
  const again = await carl.ask('Send', { content: CARLS, ref: REF }, 'Accepted');
  expect(again.body.seq, 'of what was said before').to.equal(since);
  const answerTo = async (username: string) => {
    const one = await Stranger.connect(port);
    const { type, body: why } = await one.ask('Join', { username, history: 0 });
    one.wire.duplex.destroy();
    return why.code ?? type;
  };
  if (scene.banned !== undefined) expect(await answerTo(scene.banned)).to.equal('BANNED');
  if (keys.david !== undefined) {
    expect(await answerTo('david')).to.equal('NAME_CLAIMED');
    const david = await Stranger.connect(port);
    expect((await david.join('david', new TestKey(keys.david))).body).to.include({ verified: true });
    david.say('Leave', 'david' as never);
    await david.wire.closed;
  }
  await carl.wire.end();
}

async function historyOf(one: Stranger): Promise<Memo[]> {
  one.say('History', { ref: 'all', limit: 200 });
  const memos: Memo[] = [];
  for (;;) {
    const { body } = await one.next('History');
    for (const { username, content, kind, seq } of body.memos)
      memos.push({ username, content, ...(kind !== undefined && { kind }), seq });
    if (body.done) return memos;
  }
}
