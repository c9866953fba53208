import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  basicFormat,
  decodeResponse,
  encodeBroadcast,
  encodeDuplicate,
  encodeJoined,
  WELCOME,
} from '../../src/adapters/wire/basic-form.js';
import {
  encodeExtendedSend,
  encodeJoin,
  encodeLeave,
  encodePing,
  encodeProve,
  encodeRequest,
  encodeSend,
} from '../../src/adapters/wire/command-lines.js';
import { decodeCommand } from '../../src/adapters/wire/commands.js';
import { MAX_REF_LENGTH } from '../../src/adapters/wire/constraints.js';
import {
  EXTENDED_DECODERS,
  encodeAnswer,
  encodeChallenge,
  encodeDelayed,
  encodePong,
  encodeWelcome,
  extendedFormat,
} from '../../src/adapters/wire/extended-form.js';
import { MAX_LINE_BYTES } from '../../src/adapters/wire/line-splitter.js';
import {
  extendedNotices,
  NOTICE_CODES,
  type NoticeCode,
  noticeText,
} from '../../src/adapters/wire/notice.js';
import { MAX_ANSWER, MAX_UNCONFIRMED } from '../../src/application/chat-request.js';
import { MAX_MESSAGE_BYTES } from '../../src/domain/chat-message.js';
import { MAX_QUERY_WORDS } from '../../src/domain/message-search.js';
import { MAX_USERNAME_LENGTH, RESERVED_USERNAMES } from '../../src/domain/name-limits.js';
import { Refusal } from '../../src/domain/refusal.js';
import { ROOT } from '../support/cli.js';
import { Recording } from '../support/events.js';

/** Of the octets 0 to 31. */
const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const FINGERPRINT = 'SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA';

const page = readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8');

/** The rows of the table below a heading, cell by cell, without their code marks. */
function table(heading: string, level = '##'): string[][] {
  const [, section = ''] = page.split(`\n${level} ${heading}\n`);
  const [text = ''] = section.split('\n##');
  const rows = text.split('\n').filter(line => line.startsWith('| `'));
  return rows.map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim().replace(/^`|`$/g, '')),
  );
}

describe('docs/protocol.md', () => {
  it('lists every command, as a client writes it and a server reads it', () => {
    const written = {
      Join: encodeJoin({ username: 'carl' }),
      Send: encodeSend('carl', 'Hello'),
      Leave: encodeLeave('carl'),
    };
    const rows = table('Commands');
    expect(Object.fromEntries(rows.map(([name, line]) => [name, `${line?.slice(3)}\n`]))).to.deep.equal(
      written,
    );
    for (const [name, line = ''] of rows) {
      expect(decodeCommand(Buffer.from(line.slice(3))).constructor.name).to.equal(name);
    }
  });

  it('lists every response, as a server writes it and a client reads it', () => {
    const written = {
      Joined: encodeJoined('carl'),
      Duplicate: encodeDuplicate('carl'),
      Broadcast: encodeBroadcast('david', 'Hello'),
    };
    const rows = table('Responses');
    expect(Object.fromEntries(rows.map(([name, line]) => [name, `${line?.slice(3)}\n`]))).to.deep.equal(
      written,
    );
    for (const [name, line = ''] of rows) {
      expect(decodeResponse(Buffer.from(line.slice(3))).type).to.equal(name);
    }
  });

  it('lists every command of the extended form, as a client writes it and a server reads it', () => {
    const extended = { history: 20, resume: 'token', since: 1300, epoch: 'name', attempt: 2, key: KEY };
    const query = {
      words: 'keys',
      from: 'david',
      since: 1_795_000_000_000,
      until: 1_795_086_400_000,
      limit: 20,
    };
    const written = {
      Join: encodeJoin({ username: 'carl', extended }),
      Send: encodeExtendedSend({ content: 'Hello' }, '7'),
      Prove: encodeProve('signature'),
      Leave: encodeLeave('carl'),
      Ping: encodePing(1),
      Who: encodeRequest('8', { type: 'who' }),
      History: encodeRequest('9', { type: 'history', limit: 20, before: 1300 }),
      Search: encodeRequest('10', { type: 'search', ...query }),
      Keys: encodeRequest('11', { type: 'keys' }),
      AddKey: encodeRequest('12', { type: 'addKey', key: KEY }),
      RemoveKey: encodeRequest('13', { type: 'removeKey', key: FINGERPRINT }),
      Moderate: encodeRequest('12', {
        ...{ type: 'moderate', action: 'ban', target: 'david', ms: 86_400_000, reason: 'spam' },
      }),
      Bans: encodeRequest('13', { type: 'bans' }),
    };
    const rows = table('Extended commands', '###');
    expect(Object.fromEntries(rows.map(([name, line]) => [name, `${line?.slice(3)}\n`]))).to.deep.equal(
      written,
    );
    for (const [name, line = ''] of rows) {
      const read = decodeCommand(Buffer.from(line.slice(3)), 'extended');
      expect(read.constructor.name.replace('Extended', '')).to.equal(name);
    }
  });

  it('lists every response of the extended form, as a server writes it and a client reads it', () => {
    const at = 1_795_000_000_000;
    const hello = { type: 'MessageSent', session: 1, username: 'david', content: 'Hello', at } as const;
    const welcome = {
      ...{
        resume: 'token',
        seq: 1310,
        resumed: false,
        epoch: 'name',
        head: 1310,
        users: ['carl', 'david'],
        count: 2,
      },
      ...{ graceMs: 60_000, silenceMs: 45_000, maxMessageBytes: MAX_MESSAGE_BYTES, verified: true as const },
    };
    const { refusal, end } = extendedNotices;
    const written = {
      Joined: encodeWelcome('carl', WELCOME, welcome),
      Challenge: encodeChallenge({ nonce: 'nonce', server: '192.0.2.7:8081' }),
      Duplicate: encodeDuplicate('carl'),
      Broadcast: extendedFormat.encode({ ...hello, seq: 1311 }),
      Accepted: extendedFormat.encodeForAuthor({ ...hello, seq: 1312, ref: '7' }),
      Refused: refusal(new Refusal('MESSAGE_EMPTY'), { ref: '7' }),
      Closing: end('STOPPING', 1312, { retryAfterMs: 730 }),
      Pong: encodePong(1),
      Delayed: encodeDelayed(2000),
      Users: encodeAnswer('8', {
        type: 'Users',
        users: ['carl', 'david'],
        away: new Set(['david']),
        verified: new Set(['carl']),
      }),
      History: encodeAnswer('9', { type: 'History', messages: [{ ...hello, seq: 1311 }] }),
      Found: encodeAnswer('10', { type: 'Found', messages: [] }),
      Moderated: encodeAnswer('12', {
        ...{ type: 'Moderated', action: 'ban', targets: ['david'], until: 1_795_086_400_000, ended: 1 },
      }),
      Bans: encodeAnswer('13', {
        type: 'Bans',
        measures: [
          {
            ...{ id: 3, kind: 'ban', by: 'anna', at: 1_795_000_000_000, targets: ['david', '192.0.2.7'] },
            ...{ until: 1_795_086_400_000, reason: 'spam' },
          },
        ],
        count: 1,
      }),
      Keys: encodeAnswer('11', { type: 'Keys', username: 'carl', keys: [FINGERPRINT], own: FINGERPRINT }),
    };
    const rows = table('Extended responses', '###');
    expect(Object.fromEntries(rows.map(([name, line]) => [name, `${line?.slice(3)}\n`]))).to.deep.equal(
      written,
    );
    for (const [name, line = ''] of rows) {
      expect(decodeResponse(Buffer.from(line.slice(3))).type).to.equal(name);
    }
    expect(Object.keys(EXTENDED_DECODERS).concat('Broadcast')).to.have.members(Object.keys(written));
  });

  it('tells of coming and going as the server does', () => {
    const recording = new Recording();
    for (const event of [recording.joined(1, 'david'), recording.left(1, 'david')]) {
      const memo = /{"username".*?}/.exec(basicFormat.encode(event))?.[0] ?? expect.fail('no memo');
      expect(page).to.include(`\`${memo}\``);
    }
  });

  it('lists every notice with its words, and no other', () => {
    const documented = table('Notices').map(([code, , content]) => [code, content]);
    const spoken = NOTICE_CODES.map(code => [code, words(code)]);
    expect(documented).to.deep.equal(spoken);
  });

  it('gives the limits that the code has', () => {
    const thousands = (value: number) => value.toLocaleString('en');
    expect(page).to.include(`at most ${thousands(MAX_LINE_BYTES)} bytes`);
    expect(page).to.include(`1 to ${MAX_USERNAME_LENGTH} characters`);
    expect(page).to.include(`1 to ${thousands(MAX_MESSAGE_BYTES)} bytes`);
    expect(page).to.include(`at most ${MAX_REF_LENGTH} characters`);
    expect(page).to.include(`at most ${MAX_ANSWER}`);
    expect(page).to.include(`the last ${MAX_UNCONFIRMED} refs`);
    expect(MAX_QUERY_WORDS).to.equal(10);
    expect(page).to.include('the first ten count');
    expect(page).to.include(`Reserved: ${RESERVED_USERNAMES.map(name => `\`${name}\``).join(', ')}.`);
  });
});

/** A notice as the page writes it: `N` is what was measured, `M` the limit. */
function words(code: NoticeCode): string {
  const text = noticeText(
    code,
    { actual: 111_111, limit: 222_222 },
    { resembled: 'NAME', retryAfterMs: 111_111_000 },
  );
  return text.replace('111111', 'N').replace('222222', 'M');
}
