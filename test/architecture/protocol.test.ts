import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeCommand, encodeJoin, encodeLeave, encodeSend } from '../../src/adapters/wire/command.js';
import { MAX_LINE_BYTES } from '../../src/adapters/wire/line-splitter.js';
import { NOTICE_CODES, type NoticeCode, noticeText } from '../../src/adapters/wire/notice.js';
import {
  basicFormat,
  decodeResponse,
  encodeBroadcast,
  encodeDuplicate,
  encodeJoined,
} from '../../src/adapters/wire/response.js';
import { MAX_MESSAGE_BYTES } from '../../src/domain/chat-message.js';
import { ChatRoom } from '../../src/domain/chat-room.js';
import { MAX_USERNAME_LENGTH, RESERVED_USERNAMES } from '../../src/domain/username.js';
import { ROOT } from '../support/cli.js';

const page = readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8');

/** The rows of the table below a heading, cell by cell, without their code marks. */
function table(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
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
      Join: encodeJoin('carl'),
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

  it('tells of coming and going as the server does', () => {
    const room = new ChatRoom();
    for (const event of [room.join(1, 'david'), room.leave(1)]) {
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
    expect(page).to.include(`Reserved: ${RESERVED_USERNAMES.map(name => `\`${name}\``).join(', ')}.`);
  });
});

/** A notice as the page writes it: `N` is what was measured, `M` the limit. */
function words(code: NoticeCode): string {
  return noticeText(code, { actual: 111_111, limit: 222_222 }).replace('111111', 'N').replace('222222', 'M');
}
