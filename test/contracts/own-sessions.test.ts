import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { TabSessions } from '../../src/adapters/browser/tab-sessions.js';
import { OwnSessionFiles } from '../../src/adapters/state/own-session-files.js';
import { claimWithin, isOther, NO_SESSIONS } from '../../src/application/client/own-session.js';
import type { OwnSession, OwnSessions } from '../../src/application/client/ports.js';
import { MemoryShelf } from '../doubles/memory-shelf.js';
import { until } from '../support/until.js';

const HERE = { host: 'localhost', port: 8081 };

async function claimed(sessions: OwnSessions, username = 'carl'): Promise<OwnSession> {
  const own = await sessions.claim(username);
  return isOther(own) ? expect.fail(`process ${own.pid} has it`) : own;
}

/** A program that has the lock of a session file, and ends when it is told. */
async function otherProgram(folder: string): Promise<{ pid: number; end(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume().on("end", () => process.exit())']);
  const pid = child.pid ?? 0;
  const start = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  const file = readdirSync(folder).find(name => name.endsWith('.json')) ?? expect.fail('nothing there');
  writeFileSync(join(folder, file.replace('.json', '.lock')), `${pid} ${start}`);
  return {
    pid,
    async end() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

describe('OwnSessions', () => {
  let folder: string;
  let shelf: MemoryShelf;
  beforeEach(() => {
    shelf = new MemoryShelf();
    folder = join(mkdtempSync(join(tmpdir(), 'chatty-state-')), 'sessions');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  const ADAPTERS: Record<string, () => OwnSessions> = {
    OwnSessionFiles: () => new OwnSessionFiles(folder, HERE),
    TabSessions: () => new TabSessions(shelf, shelf),
    'without a place for files': () => NO_SESSIONS,
    'in a folder that cannot be made': () => new OwnSessionFiles('/dev/null/sessions', HERE),
  };
  for (const [name, create] of Object.entries(ADAPTERS)) {
    it(`${name}: gives out a token that nobody can guess, and another one when the session was left`, async () => {
      const first = await claimed(create());
      expect(first.saved.token).to.match(/^[\w-]{72}$/);
      first.readTo('epoch', 7);
      first.forget();
      first.release();
      const second = await claimed(create());
      expect(second.saved).to.not.have.property('since');
      expect(second.saved.token).to.not.equal(first.saved.token);
      second.release();
    });
  }

  it('goes on where a program ended, with connections that count higher', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    const first = await claimed(sessions);
    first.readTo('epoch', 7);
    first.release();
    const second = await claimed(sessions, 'CARL');
    const { token } = first.saved;
    expect(second.saved).to.deep.include({ token, epoch: 'epoch', since: 7 });
    expect(second.saved.attempt).to.be.above(first.saved.attempt + 1000);
    second.release();
  });

  it('knows the machine under each of its names, and other servers and names apart', async () => {
    const first = await claimed(new OwnSessionFiles(folder, HERE));
    first.readTo('epoch', 7);
    first.release();
    const tokenOf = async (host: string, port: number, username: string) => {
      const own = await claimed(new OwnSessionFiles(folder, { host, port }), username);
      own.release();
      return own.saved.token;
    };
    for (const host of ['127.0.0.1', '::1', 'LOCALHOST'])
      expect(await tokenOf(host, 8081, 'carl')).to.equal(first.saved.token);
    expect(await tokenOf('example.org', 8081, 'carl')).to.not.equal(first.saved.token);
    expect(await tokenOf('localhost', 8082, 'carl')).to.not.equal(first.saved.token);
    expect(await tokenOf('localhost', 8081, 'david')).to.not.equal(first.saved.token);
  });

  it('writes files that nobody else can read', async () => {
    (await claimed(new OwnSessionFiles(folder, HERE))).release();
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).to.equal(0o600);
  });

  it('forgets the place of somebody who was away for long, and passes over files that are broken', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    (await claimed(sessions)).release();
    const path = join(folder, readdirSync(folder)[0] ?? '');
    const old = { token: 'x'.repeat(72), attempt: 3, at: Date.now() - 25 * 3_600_000, since: 7, epoch: 'e' };
    writeFileSync(path, JSON.stringify(old));
    const back = await claimed(sessions);
    expect(back.saved).to.deep.equal({ token: old.token, attempt: 3 });
    back.release();
    for (const text of ['', '{', 'null', '[]', '{"token":7,"attempt":1,"at":1}']) {
      writeFileSync(path, text);
      const own = await claimed(sessions);
      expect(own.saved.attempt).to.equal(0);
      own.release();
    }
  });

  it('tells which other program has the session, waits for it, and takes over when told to', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    const first = await claimed(sessions);
    first.release();
    const other = await otherProgram(folder);
    const answer = await sessions.claim('carl');
    expect(isOther(answer) && answer.pid).to.equal(other.pid);
    const late = await claimWithin(sessions, 'carl', 200);
    expect(isOther(late)).to.equal(true);
    expect(isOther(await claimWithin(sessions, 'carl', 60_000, () => true))).to.equal(true);
    const waiting = claimWithin(sessions, 'carl', 10_000);
    await other.end();
    const own = await waiting;
    if (isOther(own)) return expect.fail('it has ended');
    expect(own.saved.token).to.equal(first.saved.token);
    own.release();

    const next = await otherProgram(folder);
    const taken = await sessions.claim('carl', true);
    if (isOther(taken)) return expect.fail('it was to be taken over');
    expect(taken.saved.token).to.equal(first.saved.token);
    taken.release();
    return next.end();
  });

  it('leaves the files to a program that took over', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    const own = await claimed(sessions);
    const other = await otherProgram(folder);
    const before = readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'));
    own.readTo('epoch', 7);
    own.forget();
    expect(readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'))).to.deep.equal(before);
    await other.end();
  });

  it('takes the lock of a program that is gone, also when its number was given to another one', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    (await claimed(sessions)).release();
    const lock = join(folder, (readdirSync(folder)[0] ?? '').replace('.json', '.lock'));
    for (const stale of ['', 'x', '0 0', '-1 5', `${process.ppid} 1`, '4194304 17']) {
      writeFileSync(lock, stale);
      (await claimed(sessions)).release();
    }
  });

  it('begins anew where a lock cannot be read, and is none', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    (await claimed(sessions)).release();
    const lock = join(folder, (readdirSync(folder)[0] ?? '').replace('.json', '.lock'));
    mkdirSync(lock);
    expect((await claimed(sessions)).saved).to.include({ attempt: 0 });
  });

  it('does not wait for a program that only its parent still knows', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    (await claimed(sessions)).release();
    // Its parent, which does nothing but sleep, never asks for its end.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 20']);
    try {
      const [pid] = await once(parent.stdout, 'data').then(([text]) => String(text).trim().split('\n'));
      await until(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z'));
      const start = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
      const file = readdirSync(folder).find(name => name.endsWith('.json')) ?? expect.fail('nothing there');
      writeFileSync(join(folder, file.replace('.json', '.lock')), `${pid} ${start}`);
      (await claimed(sessions)).release();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('goes on when somebody deletes the folder', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    const own = await claimed(sessions);
    rmSync(folder, { recursive: true });
    own.readTo('epoch', 7);
    own.release();
    (await claimed(sessions)).release();
  });
});
