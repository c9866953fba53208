import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UNICODE_NAMES, unicodeNames } from '../../scripts/unicode.js';
import { ChatRoom } from '../../src/domain/chat-room.js';
import { Refusal } from '../../src/domain/refusal.js';
import { ROOT } from '../support/cli.js';

describe('src/domain/unicode-names.ts', () => {
  it("is what scripts/unicode.ts makes of Unicode's files", () => {
    expect(readFileSync(UNICODE_NAMES, 'utf8') === unicodeNames(), 'run: just unicode').to.equal(true);
  });
});

describe('docs/names.md', () => {
  const page = readFileSync(join(ROOT, 'docs/names.md'), 'utf8');

  for (const [letIn = '', refused = ''] of tableAfter('## What a name is made of'))
    it(`is right about ${letIn} and ${refused}`, () => {
      for (const name of namesIn(letIn)) expect(new ChatRoom().join(1, name).username).to.equal(name);
      for (const name of namesIn(refused)) expect(refusalOf([], name)).to.match(/^NAME_(?:CHAR|MIXED)/);
    });

  for (const [present = '', refused = ''] of tableAfter('## When one name can be taken'))
    it(`is right about ${refused} beside ${present}`, () => {
      for (const name of namesIn(refused))
        expect(refusalOf(namesIn(present), name)).to.equal('NAME_RESEMBLES');
    });

  it('is right about which names are one', () => {
    const [, spellings = ''] = /are one\n([\s\S]*?)Who has/.exec(page) ?? [];
    for (const sentence of spellings.split(';')) {
      const [first = '', ...others] = namesIn(sentence);
      for (const other of others) expect(refusalOf([first], other)).to.equal('NAME_TAKEN');
    }
  });

  function tableAfter(heading: string): string[][] {
    const rows =
      page
        .slice(page.indexOf(heading))
        .split('\n\n')
        .find(part => part.startsWith('|')) ?? '';
    return rows
      .trim()
      .split('\n')
      .slice(2)
      .map(row => row.split('|').slice(1, -1));
  }
});

function namesIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) =>
    name.replace('<ZERO WIDTH SPACE>', '\u200b'),
  );
}

function refusalOf(present: readonly string[], name: string): string {
  const room = new ChatRoom();
  for (const [index, username] of present.entries()) room.join(index + 1, username);
  try {
    room.join(room.size + 1, name);
    return 'none';
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
}
