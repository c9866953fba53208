import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { ERRORS, jsonEventOf } from '../../../../../src/adapters/terminal/json/json-event.js';
import { readInput } from '../../../../../src/adapters/terminal/json/json-input.js';
import { JsonView } from '../../../../../src/adapters/terminal/json/json-view.js';
import type { ChatRequest } from '../../../../../src/application/chat-request.js';
import type { ChatMemo } from '../../../../../src/application/chat-response.js';
import type { ClientEvent } from '../../../../../src/application/client/client-event.js';
import type { UserCommand } from '../../../../../src/application/client/user-command.js';
import { ROOT } from '../../../../support/cli.js';
import { unsafeIn } from '../../../../support/raw-output.js';

const memo: ChatMemo = { username: 'anna', content: 'hi', seq: 7, at: 1, kind: 'message' };

const CHANGE = { type: 'slow', by: 'anna', ms: 1 } as const;

/** One of each event, with all that it can have. */
const SIGHTS: { [Type in ClientEvent['type']]: Extract<ClientEvent, { type: Type }> } = {
  Welcome: {
    type: 'Welcome',
    username: 'carl',
    content: 'Hi',
    topic: 'tea',
    users: ['carl'],
    count: 1,
    maxMessageBytes: 4096,
    resumed: true,
    gap: { from: 1, to: 2 },
    address: 'b:9000',
  },
  Moderated: {
    type: 'Moderated',
    action: 'ban',
    targets: ['david'],
    until: 1,
    ended: 1,
    topic: 'tea',
    ms: 1,
  },
  Bans: { type: 'Bans', measures: [], count: 0 },
  NewServer: { type: 'NewServer', pin: 'k'.repeat(43), address: 'b:9000', isUnwritten: true },
  OtherKey: { type: 'OtherKey', address: 'b:9000', pin: 'k'.repeat(43), isGiven: true },
  HereAlready: { type: 'HereAlready', username: 'carl', pid: 4711, sinceMs: 1 },
  Memo: { type: 'Memo', ...memo },
  Earlier: { type: 'Earlier', memos: [memo], agoMs: 1 },
  Pending: { type: 'Pending', ref: '1', content: 'hi' },
  Accepted: { type: 'Accepted', ref: '1', content: 'hi', late: false, unsent: 0, at: 1 },
  Delayed: { type: 'Delayed', ms: 10 },
  Refused: { type: 'Refused', reason: 'No.', content: 'hi' },
  TooLong: { type: 'TooLong', content: 'hi', limit: 1, actual: 2 },
  Reconnecting: {
    type: 'Reconnecting',
    outage: { code: 'SERVER_SAYS', notice: 'No.' },
    inMs: 1,
    unsent: 0,
    isNews: true,
    address: 'b:9000',
  },
  Lagging: { type: 'Lagging', ms: 1 },
  NotAway: { type: 'NotAway' },
  Queued: { type: 'Queued' },
  Reconnected: {
    type: 'Reconnected',
    extended: true,
    resumed: true,
    verified: true,
    count: 1,
    gap: { from: 1 },
  },
  Replayed: { type: 'Replayed', missed: 1 },
  Leaving: { type: 'Leaving', unsent: 1 },
  Users: { type: 'Users', users: ['carl'], away: [], verified: ['carl'] },
  Unproven: { type: 'Unproven', asked: '192.0.2.1:8081', reached: '192.0.2.2:8081' },
  Keys: { type: 'Keys', username: 'carl', keys: ['SHA256:one'], own: 'SHA256:one' },
  History: { type: 'History', memos: [memo] },
  Found: { type: 'Found', memos: [memo], more: false },
  Unanswered: { type: 'Unanswered', asked: 'who', why: 'NO_ANSWER' },
  UnknownResponse: { type: 'UnknownResponse', text: '{}' },
  OutboxFull: { type: 'OutboxFull', content: 'hi', unsent: 256 },
  NothingMore: { type: 'NothingMore' },
  NothingToSend: { type: 'NothingToSend' },
  LogEnded: { type: 'LogEnded', file: 'room.log', problem: 'no space left on device' },
  NameRefused: { type: 'NameRefused', username: 'carl', reason: 'No.' },
};

/** The rows of a table of docs/json.md, by the first cell; the names in the second. */
function table(title: string): Map<string, string[]> {
  const text = readFileSync(join(ROOT, 'docs/json.md'), 'utf8');
  const section = text.slice(text.indexOf(title)).split(/\n#+ /)[0] ?? '';
  const rows = Array.from(section.matchAll(/^\| `([^`]+)` \| ([^|]*) \|/gm));
  return new Map(
    rows.map(([, name = '', cell = '']) => [
      name,
      cell.match(/`[^`]+`/g)?.map(one => one.slice(1, -1)) ?? [],
    ]),
  );
}

interface Subject {
  readonly view: JsonView;
  readonly input: PassThrough;
  /** The objects written so far. */
  written(): Record<string, unknown>[];
}

function subject(): Subject {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let text = '';
  output.on('data', chunk => {
    text += String(chunk);
  });
  const view = new JsonView(input, output);
  return {
    view,
    input,
    written: () =>
      text
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line)),
  };
}

async function commandsOf({ view, input }: Subject, text: string): Promise<UserCommand[]> {
  input.end(text);
  const commands: UserCommand[] = [];
  for await (const command of view.commands()) commands.push(command);
  return commands;
}

describe('JsonView', () => {
  it('has the vocabulary that docs/json.md says', () => {
    const documented = table('## What is written');
    const events = [
      ...Object.values(SIGHTS).flatMap(event => jsonEventOf(event) ?? []),
      ...(['joined', 'left'] as const).flatMap(kind => jsonEventOf({ type: 'Memo', ...memo, kind }) ?? []),
      ...[jsonEventOf({ type: 'Memo', ...memo, kind: 'notice', change: CHANGE })].flatMap(
        event => event ?? [],
      ),
      { type: 'question', question: '' },
    ];
    expect(new Set(events.map(({ type }) => type))).to.deep.equal(new Set(documented.keys()));
    for (const event of events) {
      if (event.type === 'error') continue;
      const members = Object.keys(event).filter(member => member !== 'type');
      const names = (documented.get(event.type) ?? []).map(member => member.replace('?', ''));
      expect(members, event.type).to.have.members(names.filter(name => name !== 'ref'));
    }
    expect(Object.keys(ERRORS)).to.have.members([...table('### Errors').keys()]);
  });

  it('gives back exactly what was said, one object to a line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async content => {
        const { view, written } = subject();
        view.show({ type: 'Memo', ...memo, content });
        expect(written()).to.deep.equal([{ ...memo, type: 'message', content }]);
        view.close();
      }),
    );
  });

  it('writes nothing that a terminal would obey, and loses nothing of it', () => {
    const output = new PassThrough();
    const view = new JsonView(new PassThrough(), output);
    const content = 'a\u001b[2J \u009b2J \u007f \u0085 \u202e \u2066 \u2028 \u{e0041} \ud800 é 你 👩‍👩‍👧 b';
    view.show({ type: 'Memo', ...memo, content });
    const text = String(output.read());
    expect(unsafeIn(text)).to.equal(undefined);
    expect(text).to.include('\\udb40\\udc41');
    expect(JSON.parse(text)).to.have.property('content', content);
    view.close();
  });

  it('takes any line for a message, exactly as it is, unless it begins like a command', async () => {
    const said = ['/who', 'leave', 'send x', ' two  spaces ', '//', 'a\u2028b', '[1]', '"x"'];
    const all = subject();
    expect(await commandsOf(all, said.join('\n'))).to.deep.equal(
      said.map(content => ({ type: 'send', message: { content } })),
    );
    expect(all.written()).to.deep.equal([]);
  });

  it('takes the commands of the wire', () => {
    const read = (command: unknown) => {
      const input = readInput(JSON.stringify(command));
      return input.type === 'COMMAND' ? input.command : input;
    };
    expect(read({ Send: { content: '/a\n{' } })).to.deep.equal({
      type: 'send',
      message: { content: '/a\n{' },
    });
    const waves = { content: 'waves', kind: 'action' };
    expect(read({ Send: { ...waves, ref: '7' } })).to.deep.equal({ type: 'send', message: waves });
    expect(read({ Leave: 'carl' })).to.deep.equal({ type: 'leave' });
    const asking = (request: ChatRequest) => ({ type: 'request', request });
    expect(read({ Who: { ref: '7' } })).to.deep.equal(asking({ type: 'who' }));
    expect(read({ History: {} })).to.deep.equal(asking({ type: 'history', limit: 20 }));
    const page = { limit: 5, before: 9 };
    expect(read({ History: page })).to.deep.equal(asking({ type: 'history', ...page }));
    const query = { words: 'from:x', from: 'anna', since: 1, until: 2, limit: 3 };
    expect(read({ Search: query })).to.deep.equal(asking({ type: 'search', ...query }));
    const some = { words: 'x', limit: 20 };
    expect(read({ Search: { words: 'x' } })).to.deep.equal(asking({ type: 'search', ...some }));
  });

  it('says what is wrong with a line, counts it as failed, and continues', async () => {
    const all = subject();
    const lines = [
      '{"Send":',
      '{"Dance":1}',
      '{"Send":{}}',
      '{"Ping":{"id":1}}',
      '{"Join":"x"}',
      '{}',
      '',
      'hi',
    ];
    const commands = await commandsOf(all, `${lines.join('\n')}\n`);
    const failed = lines.slice(0, 6).map(() => ({ type: 'invalid' }));
    expect(commands).to.deep.equal([...failed, { type: 'send', message: { content: 'hi' } }]);
    expect(all.written().map(({ type, code, line }) => [type, code, line])).to.deep.equal([
      ['error', 'NOT_JSON', lines[0]],
      ...lines.slice(1, 6).map(line => ['error', 'NOT_A_COMMAND', line]),
    ]);
  });

  it('answers with the ref that the program gave, and with none to what had none', async () => {
    const all = subject();
    const send = (content: string, ref?: string) => JSON.stringify({ Send: { content, ref } });
    await commandsOf(all, `${send('a', 'x')}\nb\n${send('', 'empty')}\n${send('c', 'z')}\n`);
    all.view.show({ type: 'Pending', ref: '1', content: 'a' });
    all.view.show({ type: 'Pending', ref: '2', content: 'b' });
    all.view.show({ type: 'NothingToSend' });
    all.view.show({ type: 'Pending', ref: '3', content: 'c' });
    all.view.show({ type: 'Accepted', ref: '2', content: 'b', late: false, unsent: 2 });
    all.view.show({ type: 'Refused', content: 'c', reason: 'No.' });
    all.view.show({ type: 'Accepted', ref: '1', content: 'a', late: false, unsent: 0 });
    expect(all.written().map(({ type, ref }) => [type, ref])).to.deep.equal([
      ['pending', 'x'],
      ['pending', undefined],
      ['error', 'empty'],
      ['pending', 'z'],
      ['accepted', undefined],
      ['refused', 'z'],
      ['accepted', 'x'],
    ]);
  });

  it('takes a Join for an answer', async () => {
    const all = subject();
    const answer = all.view.ask('Username: ');
    all.input.write('{"Join":"carl"}\n');
    expect(await answer).to.equal('carl');
    expect(all.written()).to.deep.equal([{ type: 'question', question: 'Username: ' }]);
  });
});
