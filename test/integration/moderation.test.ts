import { chmodSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { ControlSocket } from '../../src/adapters/control/listen/control-socket.js';
import { TOKENS } from '../../src/container/tokens.js';
import { Program } from '../support/cli.js';
import { KeptRoom } from '../support/kept-room.js';
import { TestKey } from '../support/keys.js';
import type { Answer, Stranger } from '../support/stranger.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';

describe('order in the room', () => {
  const room = KeptRoom.forEach();
  const keys = new Map<string, TestKey>();
  beforeEach(() => keys.clear());

  /** Somebody comes in with a key of their own; twice with the same. */
  async function enter(username: string): Promise<[Stranger, Answer]> {
    const key = keys.get(username) ?? new TestKey();
    keys.set(username, key);
    const one = await room.stranger();
    return [one, await one.join(username, key)];
  }

  /** Somebody comes in without a key. */
  async function enterBare(username: string): Promise<[Stranger, Answer]> {
    const one = await room.stranger();
    return [one, await one.ask('Join', { username, history: 0 })];
  }

  /** Anna is here, and an operator. */
  async function anna(): Promise<Stranger> {
    const [one] = await enter('anna');
    const token = room.server.container.get(TOKENS.ModerateRoom).token;
    const { type } = await one.ask('Moderate', { action: 'operator', token }, 'Moderated');
    expect(type).to.equal('Moderated');
    return one;
  }

  const moderate = (one: Stranger, body: object) => one.ask('Moderate', { ref: 'm', ...body }, 'Moderated');
  const refused = async (one: Stranger, body: object) =>
    (await one.ask('Moderate', { ref: 'm', ...body }, 'Refused')).body.code;

  /** The last thing that the server has said of the room. */
  async function notice(one: Stranger): Promise<{ content: string; change: object; seq: number }> {
    const isNotice = (text: string) => text.startsWith('{"Broadcast"') && text.includes('"kind":"notice"');
    await until(() => one.wire.lines.some(isNotice));
    return JSON.parse(one.wire.lines.findLast(isNotice) ?? '').Broadcast;
  }

  describe('is kept by operators', () => {
    it('of whom the first is made by a token, once', async () => {
      const token = room.server.container.get(TOKENS.ModerateRoom).token;
      expect(token).to.match(/^[\w-]{24}$/);
      const [david] = await enter('david');
      expect(await refused(david, { action: 'operator', token: 'A'.repeat(24) })).to.equal('WRONG_TOKEN');
      const [bare] = await enterBare('bare');
      expect(await refused(bare, { action: 'operator', token })).to.equal('KEY_NEEDED');
      const one = await anna();
      expect(await refused(david, { action: 'operator', token })).to.equal('WRONG_TOKEN');
      await moderate(one, { action: 'topic', topic: 'tea' });
      expect((await moderate(david, { action: 'topic' })).body.topic).to.equal('tea');
    });

    it('and by nobody else', async () => {
      await anna();
      for (const [david] of [await enter('david'), await enterBare('bare')]) {
        for (const action of ['kick', 'ban', 'mute', 'unban', 'unmute', 'operator', 'dismiss', 'delete'])
          expect(await refused(david, { action, target: 'anna' }), action).to.equal('NOT_OPERATOR');
        expect(await refused(david, { action: 'slow', ms: 1000 })).to.equal('NOT_OPERATOR');
        expect(await refused(david, { action: 'topic', topic: 'mine' })).to.equal('NOT_OPERATOR');
        expect((await david.ask('Bans', { ref: 'b' }, 'Refused')).body.code).to.equal('NOT_OPERATOR');
        expect((await moderate(david, { action: 'topic' })).body).to.include({ topic: '' });
      }
    });

    it('who make others, and take it away again', async () => {
      const one = await anna();
      const [david] = await enter('david');
      await enterBare('bare');
      expect(await refused(one, { action: 'operator', target: 'bare' })).to.equal('HAS_NO_KEY');
      expect(await refused(one, { action: 'operator', target: 'nobody' })).to.equal('NO_SUCH_USER');
      await moderate(one, { action: 'operator', target: 'david' });
      expect(await refused(david, { action: 'ban', target: 'anna' })).to.equal('IS_OPERATOR');
      await moderate(david, { action: 'slow', ms: 0 });
      await moderate(one, { action: 'dismiss', target: 'david' });
      expect(await refused(david, { action: 'slow', ms: 0 })).to.equal('NOT_OPERATOR');
      expect(await refused(one, { action: 'dismiss', target: 'david' })).to.equal('NO_SUCH_USER');
    });

    it('still after a restart, and without a new token', async () => {
      await anna();
      await room.start({ graceSeconds: 0 });
      expect(room.server.container.get(TOKENS.ModerateRoom).token).to.equal(undefined);
      const [one] = await enter('anna');
      await moderate(one, { action: 'topic', topic: 'tea' });
    });
  });

  it('puts somebody out, tells them and all others why, and lets them in after a minute', async () => {
    const one = await anna();
    const [david] = await enter('david');
    await moderate(one, { action: 'kick', target: 'DAVID', reason: 'calm down' });
    const closing = await david.next('Closing');
    expect(closing.body.code).to.equal('KICKED');
    expect(closing.body.content).to.match(/^You were kicked from the room by anna until .* UTC: calm down$/);
    await david.wire.closed;
    const { content, change } = await notice(one);
    expect(content).to.equal('anna has kicked david: calm down');
    expect(change).to.include({ type: 'kicked', by: 'anna', username: 'david', reason: 'calm down' });
    const lines = one.wire.lines.filter(line => line.includes('david')).map(line => JSON.parse(line));
    expect(lines.map(({ Broadcast }) => Broadcast?.kind).filter(Boolean)).to.deep.equal([
      'joined',
      'notice',
      'left',
    ]);
    const [, back] = await enter('david');
    expect(back.body).to.include({ code: 'BANNED' });
    expect(back.body.retryAfterMs).to.be.within(50_000, 60_000);
  });

  describe('bans', () => {
    it('a name, its look-alikes and its key, and says until when', async () => {
      const one = await anna();
      const [carl] = await enter('carl');
      const { body } = await moderate(one, { action: 'ban', target: 'carl', ms: 3_600_000, reason: 'spam' });
      expect(body.ended).to.equal(1);
      expect(body.targets[0]).to.equal('carl');
      expect(body.targets[1]).to.match(/^SHA256:/);
      await carl.wire.closed;
      const carls = keys.get('carl');
      if (carls === undefined) throw new Error('no key');
      const other = await room.stranger();
      const answers = [
        (await enter('carl'))[1],
        (await enterBare('carI'))[1],
        await other.join('harmless', carls),
      ];
      for (const answer of answers) {
        expect(answer.body.code).to.equal('BANNED');
        expect(answer.body.content).to.match(/^You are banned from this room by anna until .*: spam$/);
      }
      expect((await enter('erin'))[1].type).to.equal('Joined');
    });

    it('an address and a network, operators excepted', async () => {
      const one = await anna();
      const [david] = await enter('david');
      const { body } = await moderate(one, { action: 'ban', target: '127.0.0.0/8' });
      expect(body).to.include({ ended: 1 });
      expect(body).to.not.have.property('until');
      await david.wire.closed;
      expect((await enter('carl'))[1].body.code).to.equal('BANNED');
      expect((await enter('anna'))[1].type).to.equal('Duplicate');
      const basic = await WireClient.connect(room.server.port);
      basic.join('basic');
      await basic.next(line => line.includes('You are banned from this room by anna.'));
      await basic.end();
    });

    it('are listed, lifted and survive a restart', async () => {
      const one = await anna();
      await moderate(one, { action: 'ban', target: 'david', reason: 'spam' });
      await moderate(one, { action: 'mute', target: 'carl', ms: 60_000 });
      await room.start({ graceSeconds: 0 });
      const [again] = await enter('anna');
      expect((await enter('david'))[1].body.code).to.equal('BANNED');
      const { measures, count } = (await again.ask('Bans', { ref: 'b' }, 'Bans')).body;
      expect(count).to.equal(2);
      expect(measures[0]).to.deep.include({
        id: 1,
        kind: 'ban',
        targets: ['david'],
        by: 'anna',
        reason: 'spam',
      });
      expect(measures[1]).to.deep.include({ id: 2, kind: 'mute', targets: ['carl'] });
      expect(await refused(again, { action: 'unban', target: 'erin' })).to.equal('NO_SUCH_MEASURE');
      expect(await refused(again, { action: 'unban', target: '#2' })).to.equal('NO_SUCH_MEASURE');
      await moderate(again, { action: 'unban', target: '#1' });
      expect((await enter('david'))[1].type).to.equal('Joined');
    });

    it('somebody who is away, and what they come back with', async () => {
      const one = await anna();
      const [david, joined] = await enter('david');
      await david.wire.reset();
      await moderate(one, { action: 'ban', target: 'david' });
      const back = await room.stranger();
      const answer = await back.ask('Join', { username: 'david', resume: joined.body.resume });
      expect(answer.body.code).to.equal('BANNED');
    });
  });

  it('hears nobody who is muted, and tells them', async () => {
    const one = await anna();
    const [david] = await enter('david');
    await moderate(one, { action: 'mute', target: 'david', ms: 60_000, reason: 'shouting' });
    expect((await notice(david)).content).to.match(/^anna has muted david until .* UTC: shouting$/);
    const { body } = await david.ask('Send', { content: 'HEY', ref: '1' }, 'Refused');
    expect(body).to.include({ code: 'MUTED', ref: '1' });
    expect(body.retryAfterMs).to.be.within(1, 60_000);
    await moderate(one, { action: 'unmute', target: 'david' });
    await david.ask('Send', { content: 'hey', ref: '2' }, 'Accepted');
    await until(() => one.wire.lines.some(line => line.includes('"content":"hey"')));
    expect(one.wire.lines.some(line => line.includes('HEY'))).to.equal(false);
  });

  it('lets everybody but operators wait in slow mode, and answers again what it has heard', async () => {
    const one = await anna();
    const [david] = await enter('david');
    await moderate(one, { action: 'slow', ms: 60_000 });
    expect((await notice(david)).change).to.deep.equal({ type: 'slow', by: 'anna', ms: 60_000 });
    const first = await david.ask('Send', { content: 'one', ref: '1' }, 'Accepted');
    const { body } = await david.ask('Send', { content: 'two', ref: '2' }, 'Refused');
    expect(body.code).to.equal('SLOW_MODE');
    expect(body.retryAfterMs).to.be.within(50_000, 60_000);
    expect((await david.ask('Send', { content: 'one', ref: '1' }, 'Accepted')).body).to.deep.equal(
      first.body,
    );
    await one.ask('Send', { content: 'one', ref: '1' }, 'Accepted');
    await one.ask('Send', { content: 'two', ref: '2' }, 'Accepted');
    await moderate(one, { action: 'slow', ms: 0 });
    await david.ask('Send', { content: 'two', ref: '2' }, 'Accepted');
  });

  it('has a topic, which newcomers are told', async () => {
    const one = await anna();
    const [david] = await enter('david');
    await moderate(one, { action: 'topic', topic: '  tea\nand cake ' });
    expect(await notice(david)).to.deep.include({
      content: 'anna has set the topic: tea and cake',
      change: { type: 'topic', by: 'anna', topic: 'tea and cake' },
    });
    await room.start({ graceSeconds: 0 });
    expect((await enter('carl'))[1].body.topic).to.equal('tea and cake');
    const [again] = await enter('anna');
    expect(await refused(again, { action: 'topic', topic: '\u001b[2J' })).to.equal('MESSAGE_CHARACTERS');
    expect(await refused(again, { action: 'topic', topic: 'x'.repeat(401) })).to.equal('MESSAGE_TOO_LONG');
    await moderate(again, { action: 'topic', topic: '' });
    expect((await enter('erin'))[1].body).to.not.have.property('topic');
  });

  it('takes a message back, for those who are here and for those who come', async () => {
    const one = await anna();
    const [david, joined] = await enter('david');
    const secret = await one.ask('Send', { content: 'the secret is 42', ref: '1' }, 'Accepted');
    await one.ask('Send', { content: 'nothing', ref: '2' }, 'Accepted');
    await david.wire.reset();
    const { body } = await moderate(one, { action: 'delete', seq: secret.body.seq });
    expect(body.targets).to.deep.equal(['anna']);
    expect(await refused(one, { action: 'delete', seq: secret.body.seq })).to.equal('NO_SUCH_MESSAGE');
    const found = await one.ask('Search', { words: 'secret', ref: 's' }, 'Found');
    expect(found.body.memos).to.deep.equal([]);
    const back = await room.stranger();
    const { resume, seq, epoch } = joined.body;
    back.say('Join', { username: 'david', resume, since: seq, epoch, attempt: 2 });
    const { content, change } = await notice(back);
    expect(content).to.equal('anna has deleted a message of anna.');
    expect(change).to.deep.equal({ type: 'deleted', by: 'anna', target: secret.body.seq, author: 'anna' });
    expect(back.wire.lines.join('')).to.include('nothing').and.not.include('the secret is');
    await moderate(one, { action: 'delete', target: 'anna' });
    const history = await one.ask('History', { ref: 'h' }, 'History');
    expect(JSON.stringify(history.body.memos)).to.not.include('"content":"nothing"');
    await room.start();
    for (const file of ['room.db', 'moderation.jsonl'])
      expect(readFileSync(join(room.folder, file)).includes('the secret is 42'), file).to.equal(false);
  });

  it('writes down who did what, where nobody else can read it', async () => {
    const one = await anna();
    await moderate(one, { action: 'ban', target: 'david', ms: 1000, reason: 'spam' });
    const file = join(room.folder, 'moderation.jsonl');
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    const entries = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(entries.map(({ type, by }) => `${type} ${by}`)).to.deep.equal([
      'TokenIssued chatty',
      'OperatorNamed anna',
      'MeasureTaken anna',
    ]);
    expect(entries[2]).to.deep.include({ reason: 'spam', targets: [{ kind: 'name', name: 'david' }] });
  });

  it('is kept in memory as well', async () => {
    await room.start({ history: 'memory' });
    const one = await anna();
    await moderate(one, { action: 'ban', target: 'david' });
    expect((await enter('david'))[1].body.code).to.equal('BANNED');
  });

  describe('on the machine', () => {
    const programs: Program[] = [];
    afterEach(async () => {
      for (const program of programs.splice(0)) await program.kill();
    });

    async function run(command: string, ...args: string[]): Promise<[code: number | string, said: string]> {
      const program = Program.chatty([command, ...args, '--data-dir', room.folder]);
      programs.push(program);
      const code = await program.exit();
      return [code, program.stdout + program.stderr];
    }

    it('is kept through a socket that only its own user can open', async () => {
      expect(statSync(join(room.folder, 'control.sock')).mode & 0o777).to.equal(0o600);
      const [david] = await enter('david');
      const [code, said] = await run('server:ban', 'david', '--for', '1d', '--reason', 'spam');
      expect([code, said]).to.deep.equal([0, said]);
      expect(said).to.match(/^Banned until .*: david, SHA256:.*\. 1 went\.\n$/);
      expect((await david.next('Closing')).body.content).to.match(
        /banned from this room by chatty until .*: spam$/,
      );
      expect((await run('server:bans'))[1]).to.match(/^#1 david, SHA256:\S+ banned by chatty on .*: spam\n$/);
      expect((await run('server:unban', '#1'))[0]).to.equal(0);
      expect((await run('server:bans'))[1]).to.equal('Nobody is banned or muted.\n');
    });

    it('makes operators, and says what cannot be done', async () => {
      const [one] = await enter('anna');
      expect((await run('server:operator', 'nobody'))[0]).to.equal(5);
      expect(await run('server:operator', 'anna')).to.deep.equal([0, 'anna is an operator.\n']);
      await moderate(one, { action: 'topic', topic: 'tea' });
      expect(await run('server:topic')).to.deep.equal([0, 'The topic is changed.\n']);
      expect((await run('server:slow', 'soon'))[0]).to.equal(2);
      expect(await run('server:slow', '10s')).to.deep.equal([
        0,
        'Slow mode is on: one message each every 10 s.\n',
      ]);
      expect(await run('server:delete', 'anna')).to.deep.equal([5, 'There is no such message.\n']);
    });

    it('says that no server runs', async () => {
      await room.server.stop();
      const [code, said] = await run('server:bans');
      expect(code).to.equal(3);
      expect(said).to.include('No server answers that keeps its data in');
    });

    it('ends who sends nonsense to the socket, and goes on', async () => {
      for (const nonsense of [
        'nonsense\n',
        '{"Who":{}}\n',
        '{"Moderate":{"action":"ban"}}\n',
        'x'.repeat(20_000),
      ]) {
        const socket = connect({ path: join(room.folder, 'control.sock') });
        socket.write(nonsense);
        let answer = '';
        socket.on('data', chunk => {
          answer += String(chunk);
        });
        await new Promise(resolve => socket.on('close', resolve));
        expect(answer, nonsense.slice(0, 40)).to.include('"Closing"');
      }
      expect((await run('server:bans'))[0]).to.equal(0);
    });

    it('leaves the socket to the server that has it, when another one has the folder for another room', async () => {
      const warn = sinon.spy();
      const nobody = { execute: sinon.stub().throws(), list: sinon.stub().throws() };
      const other = new ControlSocket(room.folder, nobody, nobody, { warn });
      await other.start();
      expect(String(warn.firstCall.args[0].err)).to.include('another server has this folder');
      await other.stop();
      expect((await run('server:bans'))[0]).to.equal(0);
    });

    it('does without where no socket can be', async () => {
      await room.server.stop();
      const deep = join(room.folder, 'x'.repeat(120));
      await room.start({ dataDir: deep });
      expect(
        room.server.logger.entries.some(({ message }) => message.startsWith('no control socket')),
      ).to.equal(true);
      expect((await enter('carl'))[1].type).to.equal('Joined');
      chmodSync(deep, 0o700);
    });
  });
});
