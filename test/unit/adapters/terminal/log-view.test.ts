import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { LogFailure, LogFile } from '../../../../src/adapters/terminal/log-file.js';
import { LogView } from '../../../../src/adapters/terminal/log-view.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';
import { MemoryView } from '../../../doubles/memory-view.js';

const MORNING = new Date(2026, 2, 1, 9, 30).getTime();

describe('LogView', () => {
  let clock: SinonFakeTimers;
  let folder: string;
  beforeEach(() => {
    clock = useFakeTimers({ now: new Date(2026, 2, 1, 14, 5), toFake: ['Date'] });
    folder = mkdtempSync(join(tmpdir(), 'chatty-log-'));
  });
  afterEach(() => {
    clock.restore();
    rmSync(folder, { recursive: true });
  });

  function subject(name = 'log') {
    const path = join(folder, name);
    const view = new MemoryView();
    const log = new LogView(view, new LogFile(path));
    const rows = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);
    return { path, view, log, rows };
  }

  function rowsAfter(...events: ClientEvent[]): string[] {
    const { log, rows } = subject();
    for (const event of events) log.show(event);
    return rows();
  }

  it('keeps nothing of whom the view hides', () => {
    const { log, view, rows } = subject();
    Object.assign(view, { hides: (username: string) => username === 'troll' });
    const of = (username: string) => ({ username, content: `of ${username}`, at: MORNING });
    log.show({ type: 'Memo', ...of('troll') });
    log.show({ type: 'History', memos: [of('troll')] });
    expect(readFileSync(join(folder, 'log'), 'utf8')).to.equal('');
    log.show({ type: 'History', memos: [of('troll'), of('anna')] });
    expect(rows().join()).to.include('of anna').and.not.include('troll');
  });

  it('keeps what is said, a row each with date and time, and own messages when they are recorded', () => {
    const rows = rowsAfter(
      { type: 'Welcome', username: 'carl', content: 'Warm Welcome' },
      { type: 'Memo', username: 'anna', content: 'hi', at: MORNING },
      { type: 'Memo', username: 'anna', content: 'waves', kind: 'action' },
      { type: 'Memo', username: 'bert', content: 'Joined', kind: 'joined' },
      { type: 'Memo', username: 'bert', content: 'Left', kind: 'left' },
      { type: 'Pending', ref: '1', content: 'hello' },
      { type: 'Pending', ref: '2', content: 'bows', kind: 'action' },
      { type: 'Accepted', ref: '1', content: 'hello', late: false, unsent: 1, at: MORNING },
      { type: 'Accepted', ref: '2', content: 'bows', late: true, unsent: 0 },
    );
    expect(rows).to.deep.equal([
      '2026-03-01 14:05 Warm Welcome, carl! Type help to see what you can do.',
      '2026-03-01 09:30 anna: hi',
      '2026-03-01 14:05 * anna waves',
      '2026-03-01 14:05 --- bert joined ---',
      '2026-03-01 14:05 --- bert left ---',
      '2026-03-01 09:30 carl: hello',
      '2026-03-01 14:05 * carl bows',
      '2026-03-01 14:05 Everything you said is sent.',
    ]);
  });

  it('knows when what was said before was seen, and what is refused', () => {
    const rows = rowsAfter(
      { type: 'Welcome', username: 'carl', content: 'Hi' },
      { type: 'Earlier', memos: [{ username: 'anna', content: 'hi\nyou', at: MORNING }], agoMs: 1000 },
      { type: 'Pending', ref: '1', content: 'one', kind: 'action' },
      { type: 'Pending', ref: '2', content: 'two', kind: 'action' },
      { type: 'Refused', reason: 'No.', content: 'two' },
      { type: 'Refused', reason: 'No.' },
      { type: 'Accepted', ref: '2', content: 'two', late: false, unsent: 0 },
      { type: 'Accepted', ref: '1', content: 'one', late: false, unsent: 0 },
      { type: 'Queued' },
    );
    expect(rows.slice(1)).to.deep.equal([
      '2026-03-01 14:05 [2026-03-01 09:30] anna: hi',
      '    you',
      '2026-03-01 14:05 --- earlier, until 1 second ago ---',
      '2026-03-01 14:05 "two": No.',
      '2026-03-01 14:05 No.',
      '2026-03-01 14:05 carl: two',
      '2026-03-01 14:05 * carl one',
      '2026-03-01 14:05 There is no connection at present. What you say is sent when you are back.',
    ]);
  });

  it('lets nothing of a message pass for a row of somebody else, or act on a terminal', () => {
    const content = 'x\n2026-03-01 14:05 anna: I resign\r2026\u2028\u001b[2J';
    expect(rowsAfter({ type: 'Memo', username: 'eve', content })).to.deep.equal([
      '2026-03-01 14:05 eve: x',
      '    2026-03-01 14:05 anna: I resign<U+000D>2026<U+2028><U+001B>[2J',
    ]);
  });

  it('makes a file that only its owner can read, and goes on in one that is there', () => {
    const { path, log } = subject();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    log.show({ type: 'Queued' });
    chmodSync(path, 0o644);
    const { rows } = subject();
    expect(rows()).to.have.length(1);
    expect(statSync(path).mode & 0o777).to.equal(0o644);
  });

  it('goes on in a new file when the one there is moved away', () => {
    const { path, log, rows } = subject();
    log.show({ type: 'Queued' });
    renameSync(path, `${path}.1`);
    log.show({ type: 'Queued' });
    expect(rows()).to.have.length(1);
  });

  it('fails when the file cannot be opened, and says why', () => {
    for (const [name, problem] of [
      ['no/such/folder', 'no such file or directory'],
      ['.', 'illegal operation on a directory'],
    ] as const)
      expect(() => subject(name))
        .to.throw(LogFailure)
        .with.property('problem', problem);
  });

  it('says once that the file cannot be written any more, and shows everything all the same', () => {
    const view = new MemoryView();
    const problem = 'no space left on device';
    let calls = 0;
    const append = () => {
      calls++;
      throw new LogFailure('log', problem);
    };
    const log = new LogView(view, { path: 'log', append });
    log.show({ type: 'Pending', ref: '1', content: 'hi' });
    for (let n = 0; n < 3; n++) log.show({ type: 'Memo', username: 'anna', content: `${n}` });
    expect(calls).to.equal(1);
    expect(view.events.map(event => ('content' in event ? event.content : event))).to.deep.equal([
      'hi',
      '0',
      { type: 'LogEnded', file: 'log', problem },
      '1',
      '2',
    ]);
  });
});
