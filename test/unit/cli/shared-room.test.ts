import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { hasShared, isCopy, sharedRoomIn } from '../../../src/cli/shared-room.js';

describe('the data folder of a server that shares a room', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-shared-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (...parts: string[]) => {
    const path = join(folder, ...parts);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    return dirname(path);
  };

  it('is none where one server keeps its history, or nothing is', () => {
    expect([sharedRoomIn(folder), hasShared(folder), isCopy(folder)]).to.deep.equal([
      undefined,
      false,
      false,
    ]);
    put('room.db');
    expect([sharedRoomIn(folder), hasShared(folder), isCopy(folder)]).to.deep.equal([
      undefined,
      false,
      false,
    ]);
    put('rooms', 'main', 'id', 'epoch');
    put('rooms', 'note');
    expect(sharedRoomIn(folder), 'no copy is whole').to.equal(undefined);
  });

  it('names the copies in it, and objects where there is nothing else', () => {
    const copies = [put('rooms', 'main', 'one', 'room.db'), put('rooms', 'main', 'two', 'room.db')];
    const where = `in ${copies.join(' and ')}: give that folder with --data-dir.`;
    expect(hasShared(folder)).to.equal(true);
    expect(sharedRoomIn(folder)?.objection).to.include(where);
    put('room.db');
    const both = sharedRoomIn(folder);
    expect(both?.objection).to.equal(undefined);
    expect(both?.note).to.include(where);
  });

  it('is told from a copy itself', () => {
    const copy = put('rooms', 'main', 'one', 'room.db');
    expect([isCopy(copy), isCopy(folder)]).to.deep.equal([true, false]);
    expect(sharedRoomIn(copy)).to.equal(undefined);
  });
});
